#include "live/nic.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/hex.h"
#include "rt/machine_clock.h"
#include "rt/visit.h"

namespace tarn::testing {
namespace {

constexpr std::size_t frame_bytes_max = 65536;
constexpr std::size_t addresses_size = 12;  // of an Ethernet header, before the tag

}  // namespace

Nic::Nic(const std::string& netns, const std::string& interface, const std::vector<sock_filter>& filter) {
  const rt::Visit inside(netns);
  CHECK(inside.ok());
  // With protocol 0 nothing is heard before bind() (packet(7)): not what comes before the filter is there.
  socket_ = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  CHECK(socket_ >= 0 && address.sll_ifindex > 0);
  const sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
  CHECK(filter.empty() || setsockopt(socket_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
  // What was sent from here is not what is heard here.
  const int yes = 1;
  CHECK(setsockopt(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) == 0);
  packet_mreq everything{};
  everything.mr_ifindex = address.sll_ifindex;
  everything.mr_type = PACKET_MR_PROMISC;
  CHECK(setsockopt(socket_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &everything, sizeof everything) == 0);
  CHECK(setsockopt(socket_, SOL_PACKET, PACKET_AUXDATA, &yes, sizeof yes) == 0);
  CHECK(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

Nic::~Nic() {
  if (socket_ >= 0) close(socket_);
}

Nic::Nic(Nic&& other) noexcept : socket_(std::exchange(other.socket_, -1)), heard_(std::move(other.heard_)) {}

void Nic::send(ByteView frame) const {
  CHECK(::send(socket_, frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size()));
}

// The kernel takes the outer tag off and tells it beside the frame (PACKET_AUXDATA in packet(7)); here it is put back.
bool Nic::take(std::span<char> buffer) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(tpacket_auxdata))> beside;
  iovec room{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  message.msg_control = beside.data();
  message.msg_controllen = beside.size();
  const ssize_t size = recvmsg(socket_, &message, 0);
  if (size <= 0) return false;
  std::string& frame = heard_.emplace_back(buffer.data(), static_cast<std::size_t>(size));
  for (const cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
       each = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(each))) {
    tpacket_auxdata told{};
    if (each->cmsg_level != SOL_PACKET || each->cmsg_type != PACKET_AUXDATA) continue;
    std::memcpy(&told, CMSG_DATA(each), sizeof told);
    if ((told.tp_status & TP_STATUS_VLAN_VALID) == 0 || frame.size() < addresses_size) continue;
    const std::array<char, 4> tag{'\x81', '\0', static_cast<char>(told.tp_vlan_tci >> 8),
                                  static_cast<char>(told.tp_vlan_tci)};
    frame.insert(addresses_size, tag.data(), tag.size());
  }
  return true;
}

bool Nic::hears(const std::string& word, std::chrono::milliseconds timeout) {
  if (count(word) > 0) return true;
  const rt::MachineClock clock;
  const auto give_up = clock.now().since_start + timeout;
  std::array<char, frame_bytes_max> buffer;
  for (;;) {
    const auto left = (give_up - clock.now().since_start) / std::chrono::milliseconds(1);
    pollfd readable{socket_, POLLIN, 0};
    if (left <= 0 || poll(&readable, 1, static_cast<int>(left)) <= 0) return false;
    if (!take(buffer)) continue;
    if (heard_.back().find(word) != std::string::npos) return true;
  }
}

std::size_t Nic::count_all() {
  std::array<char, frame_bytes_max> buffer;
  while (take(buffer)) {
  }
  return heard_.size();
}

std::string Nic::last() const {
  if (heard_.empty()) return "nothing";
  std::string text;
  for (const char octet : heard_.back()) {
    text += hex::digit(static_cast<unsigned char>(octet) >> 4);
    text += hex::digit(static_cast<unsigned char>(octet));
  }
  return text;
}

std::size_t Nic::count(const std::string& word) const {
  return static_cast<std::size_t>(std::count_if(
      heard_.begin(), heard_.end(), [&](const std::string& frame) { return frame.find(word) != std::string::npos; }));
}

}  // namespace tarn::testing
