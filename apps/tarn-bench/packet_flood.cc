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
#include <functional>
#include <set>
#include <vector>

#include "endpoint.h"
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
constexpr int opening_tries = 10;
constexpr int opening_wait_ms = 20;
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

struct Talk {
  const PathEnd& from;
  const PathEnd& to;
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
};
Frame frame_of(const Talk& talk) {
  Frame frame{};
  const Mac& next = talk.to.router ? *talk.to.router : talk.to.mac;
  std::memcpy(frame.link.ether_shost, talk.from.mac.bytes.data(), talk.from.mac.bytes.size());
  std::memcpy(frame.link.ether_dhost, next.bytes.data(), next.bytes.size());
  frame.link.ether_type = htons(ETHERTYPE_IP);
  iphdr ip{};
  ip.version = 4;
  ip.ihl = 5;
  ip.ttl = 64;
  ip.protocol = IPPROTO_UDP;
  ip.tot_len = htons(sizeof(Frame) - sizeof(ether_header));
  ip.saddr = htonl(talk.from.address.v4());
  ip.daddr = htonl(talk.to.address.v4());
  ip.check = header_checksum(ip);
  frame.ip = ip;
  frame.udp.source = htons(talk.source);
  frame.udp.dest = htons(talk.destination);
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

Descriptor sink(std::uint16_t port) {
  Descriptor made(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  setsockopt(made.get(), SOL_SOCKET, SO_RCVBUFFORCE, &sink_bytes, sizeof sink_bytes);
  const sockaddr_in here = endpoint(Ip::from_v4(0), port);
  if (bind(made.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return Descriptor();
  return made;
}

// Hears UDP for whatever port. The kernel still tells senders that nobody listens there, once a second at most
// (icmp(7), icmp_ratelimit).
Descriptor sink_of_all_ports() {
  Descriptor made(socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP));
  setsockopt(made.get(), SOL_SOCKET, SO_RCVBUFFORCE, &sink_bytes, sizeof sink_bytes);
  return made;
}

class RunningFlood final : public PacketFlood {
 public:
  RunningFlood() {
    for (std::size_t i = 0; i < packets_at_once; ++i) {
      messages_[i].msg_hdr.msg_iov = &parts_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  ~RunningFlood() override { stop_ = true; }

  Status begin(const PathEnd& from, const PathEnd& to, FloodPorts ports, Travel travel) {
    for (std::uint16_t i = 0; i < ports.count; ++i)
      frames_.push_back(frame_of({from, to, static_cast<std::uint16_t>(ports.first + i), ports.to}));
    if (Status opened = open(from, raw_socket, out_); !opened) return opened;
    if (Status opened = open(to, [&] { return sink(ports.to); }, in_); !opened) return opened;
    if (travel == Travel::back)
      if (Status turned = turn(from, to, ports.to); !turned) return turned;
    if (!thread_.run([this] { drive(); })) return fail(ErrorCode::internal, "no thread");
    return {};
  }

  [[nodiscard]] std::int64_t arrived() const override { return arrived_; }

 private:
  static Status open(const PathEnd& at, const std::function<Descriptor()>& make, Descriptor& descriptor) {
    Result<Descriptor> made = open_inside(at.network_namespace, make);
    if (!made) return std::unexpected(made.error());
    descriptor = std::move(*made);
    return {};
  }

  // From here on `to` sends, to each who called.
  Status turn(const PathEnd& from, const PathEnd& to, std::uint16_t port) {
    const Result<std::vector<Caller>> callers = open_connections();
    if (!callers) return std::unexpected(callers.error());
    frames_.clear();
    PathEnd seen = from;
    for (const Caller& caller : *callers) {
      seen.address = caller.first;
      frames_.push_back(frame_of({to, seen, port, caller.second}));
    }
    if (Status opened = open(to, raw_socket, out_); !opened) return opened;
    return open(from, sink_of_all_ports, in_);
  }

  // A packet of each, few at a time; again of all while any is missing, for the first of them may be lost on the way.
  using Caller = std::pair<Ip, std::uint16_t>;
  Result<std::vector<Caller>> open_connections() {
    std::set<Caller> callers;
    for (int tries = 0; tries < opening_tries && callers.size() < frames_.size(); ++tries) {
      for (std::size_t sent = 0; sent < frames_.size();) {
        for (const std::size_t end = std::min(frames_.size(), sent + packets_at_once); sent < end; ++sent)
          send(out_.get(), &frames_[sent], sizeof(Frame), 0);
        pollfd waits{in_.get(), POLLIN, 0};
        while (poll(&waits, 1, opening_wait_ms) > 0) {
          sockaddr_in who{};
          socklen_t size = sizeof who;
          while (recvfrom(in_.get(), room_.data(), room_.size(), 0, reinterpret_cast<sockaddr*>(&who), &size) >= 0)
            callers.emplace(Ip::from_v4(ntohl(who.sin_addr.s_addr)), ntohs(who.sin_port));
        }
      }
    }
    if (callers.size() != frames_.size())
      return fail(ErrorCode::unavailable, "of " + std::to_string(frames_.size()) + " connections the other end saw " +
                                              std::to_string(callers.size()));
    return std::vector<Caller>(callers.begin(), callers.end());
  }

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

Result<std::unique_ptr<PacketFlood>> PacketFlood::start(const PathEnd& from, const PathEnd& to, FloodPorts ports,
                                                        Travel travel) {
  auto flood = std::make_unique<RunningFlood>();
  if (Status begun = flood->begin(from, to, ports, travel); !begun) return std::unexpected(begun.error());
  return flood;
}

}  // namespace tarn::bench
