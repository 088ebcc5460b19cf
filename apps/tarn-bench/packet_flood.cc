#include "packet_flood.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstring>
#include <future>
#include <vector>

#include "inside_namespace.h"
#include "rt/thread_pool.h"

namespace tarn::bench {
namespace {

using rt::Descriptor;

constexpr unsigned packets_at_once = 64;  // in one system call
// An interface of a userspace switch has a queue of 208 KiB (net.core.rmem_default), some 270 small packets.
constexpr std::size_t under_way_most = 256;
constexpr timespec pause{0, 50'000};
constexpr int pauses_until_lost = 400;  // 20 ms and more without any packet: what was under way is lost
constexpr int sink_bytes = 4 << 20;
constexpr std::uint16_t discard_port = 9;
constexpr int switch_priority = -10;       // as hosts start it
constexpr std::size_t payload_bytes = 18;  // makes the shortest Ethernet frame, 60 octets without its checksum

struct [[gnu::packed]] Frame {
  ether_header link;
  iphdr ip;
  udphdr udp;
  std::array<char, payload_bytes> payload;
};
static_assert(sizeof(Frame) == 60);

// RFC 1071.
std::uint16_t header_checksum(const iphdr& header) {
  std::array<std::uint16_t, sizeof header / 2> words;
  std::memcpy(words.data(), &header, sizeof header);
  std::uint32_t sum = 0;
  for (const std::uint16_t word : words) sum += word;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

Frame frame_of(const PathEnd& from, const PathEnd& to) {
  Frame frame{};
  std::memcpy(frame.link.ether_shost, from.mac.bytes.data(), from.mac.bytes.size());
  const Mac& next = to.router ? *to.router : to.mac;
  std::memcpy(frame.link.ether_dhost, next.bytes.data(), next.bytes.size());
  frame.link.ether_type = htons(ETHERTYPE_IP);
  iphdr ip{};
  ip.version = 4;
  ip.ihl = 5;
  ip.ttl = 64;
  ip.protocol = IPPROTO_UDP;
  ip.tot_len = htons(sizeof(Frame) - sizeof(ether_header));
  ip.saddr = htonl(from.address.v4());
  ip.daddr = htonl(to.address.v4());
  ip.check = header_checksum(ip);
  frame.ip = ip;
  frame.udp.dest = htons(discard_port);
  frame.udp.len = htons(sizeof(udphdr) + payload_bytes);  // no checksum (RFC 768)
  return frame;
}

Descriptor raw_socket() {
  Descriptor made(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  ifreq interface{};
  std::strcpy(interface.ifr_name, "eth0");
  if (ioctl(made.get(), SIOCGIFINDEX, &interface) != 0) return Descriptor();
  const int on = 1;
  setsockopt(made.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  sockaddr_ll out{};
  out.sll_family = AF_PACKET;
  out.sll_ifindex = interface.ifr_ifindex;
  if (bind(made.get(), reinterpret_cast<const sockaddr*>(&out), sizeof out) != 0) return Descriptor();
  return made;
}

Descriptor sink() {
  Descriptor made(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  setsockopt(made.get(), SOL_SOCKET, SO_RCVBUFFORCE, &sink_bytes, sizeof sink_bytes);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_port = htons(discard_port);
  if (bind(made.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return Descriptor();
  return made;
}

class RunningFlood final : public PacketFlood {
 public:
  RunningFlood(const PathEnd& from, const PathEnd& to, FloodPorts ports)
      : frames_(std::max<std::size_t>(packets_at_once, std::size_t{ports.count}), frame_of(from, to)) {
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      frames_[i].udp.source = htons(static_cast<std::uint16_t>(ports.first + i % ports.count));
    }
    for (std::size_t i = 0; i < packets_at_once; ++i) {
      messages_[i].msg_hdr.msg_iov = &parts_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  ~RunningFlood() override { stop_ = true; }

  Status begin(const std::string& from, const std::string& to) {
    Result<Descriptor> out = open_inside(from, raw_socket);
    if (!out) return std::unexpected(out.error());
    Result<Descriptor> in = open_inside(to, sink);
    if (!in) return std::unexpected(in.error());
    out_ = std::move(*out);
    in_ = std::move(*in);
    if (!thread_.run([this] { drive(); })) return fail(ErrorCode::internal, "no thread");
    return {};
  }

  [[nodiscard]] std::int64_t arrived() const override { return arrived_; }

 private:
  void drive() {
    // As before others as the switch is: one that must wait for a busy machine would let the switch idle.
    setpriority(PRIO_PROCESS, 0, switch_priority);
    std::size_t under_way = 0;
    int pauses = 0;
    while (!stop_) {
      if (under_way + packets_at_once <= under_way_most) under_way += send_some();
      const std::size_t taken = take_some();
      under_way -= std::min(taken, under_way);
      pauses = taken > 0 ? 0 : pauses + 1;
      if (pauses >= pauses_until_lost) under_way = 0;
      // Not a wait for a packet: to wake this thread for each would be the switch's work.
      if (taken == 0 && under_way > 0) ppoll(nullptr, 0, &pause, nullptr);
    }
  }
  std::size_t send_some() {
    for (iovec& part : parts_) part = {&frames_[next_++ % frames_.size()], sizeof(Frame)};
    return pass(sendmmsg(out_.get(), messages_.data(), packets_at_once, 0));
  }
  std::size_t take_some() {
    for (iovec& part : parts_) part = {room_.data(), room_.size()};  // nobody reads what they say
    const std::size_t taken = pass(recvmmsg(in_.get(), messages_.data(), packets_at_once, 0, nullptr));
    arrived_ += static_cast<std::int64_t>(taken);
    return taken;
  }
  static std::size_t pass(int count) { return count > 0 ? static_cast<std::size_t>(count) : 0; }

  std::vector<Frame> frames_;
  std::size_t next_ = 0;
  std::array<iovec, packets_at_once> parts_{};
  std::array<mmsghdr, packets_at_once> messages_{};
  std::array<char, payload_bytes> room_{};
  Descriptor out_;
  Descriptor in_;
  std::atomic<std::int64_t> arrived_ = 0;
  std::atomic<bool> stop_ = false;
  rt::ThreadPool thread_{"flood", 1, 1};  // last: it uses what stands above
};

}  // namespace

Result<std::unique_ptr<PacketFlood>> PacketFlood::start(const PathEnd& from, const PathEnd& to, FloodPorts ports) {
  auto flood = std::make_unique<RunningFlood>(from, to, ports);
  if (Status begun = flood->begin(from.network_namespace, to.network_namespace); !begun) {
    return std::unexpected(begun.error());
  }
  return flood;
}

}  // namespace tarn::bench
