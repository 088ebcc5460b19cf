#include "live/outside.h"

#include <netinet/if_ether.h>

#include <boost/json.hpp>

#include "base/demand.h"
#include "live/steps.h"
#include "sandbox/fabric.h"
#include "wire/packet/frame.h"

namespace tarn::testing {
namespace {

namespace json = boost::json;
namespace packet = wire::packet;
using sandbox::inside;
using sandbox::ip_in;

void all(const std::vector<sandbox::Argv>& commands) {
  for (const sandbox::Argv& command : commands) demand(sandbox::must_run(command));
}

std::string as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

json::array told(const std::string& netns, std::vector<std::string> words) {
  words.insert(words.begin(), "-json");
  const std::string text = demand(sandbox::must_run(ip_in(netns, std::move(words))));
  return text.empty() ? json::array{} : json::parse(text).as_array();
}

}  // namespace

Outside::Outside(const LiveCloud& cloud, sandbox::Upstream wanted)
    : upstream_(std::move(wanted)),
      netns_(upstream_.netns(cloud.sandbox().layout())),
      interface_(upstream_.interface()) {
  demand(sandbox::raise_upstream(cloud.sandbox().layout(), upstream_));
  mac_ = *Mac::parse(text_at(told(netns_, {"link", "show", "dev", interface_}).at(0), "address"));
}

Outside::~Outside() {
  static_cast<void>(sandbox::remove_namespace(netns_));
}

sandbox::Finished Outside::run(std::vector<std::string> argv) const {
  return testing::run(inside(netns_, std::move(argv)));
}

std::optional<Mac> Outside::neighbour(const Ip& address) const {
  const json::array entries = told(netns_, {"neigh", "show", "to", address.text(), "dev", interface_});
  const Result<Mac> mac = Mac::parse(entries.empty() ? std::string() : text_at(entries.at(0), "lladdr"));
  return mac ? std::optional(*mac) : std::nullopt;
}

void Outside::add_route(const std::string& prefix, const Ip& by) const {
  all({ip_in(netns_, {"route", "add", prefix, "via", by.text(), "proto", "static"})});
}

void Outside::forget_routes() const {
  all({ip_in(netns_, {"route", "flush", "proto", "static"})});
}

void Outside::add_ipv6(const std::string& own, const Ip& internet) const {
  all({inside(netns_, {"sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1"}),
       ip_in(netns_, {"addr", "add", own, "dev", interface_, "nodad"}),
       ip_in(netns_, {"addr", "add", internet.text() + "/128", "dev", "lo"})});
}

// In the words of the classic packet filter. Offsets are of an untagged frame: the kernel takes the tag off.
Nic Outside::witness(const Prefix& prefix) const {
  constexpr std::uint32_t type_at = 12;
  constexpr std::uint32_t ip_source_at = 14 + 12;
  constexpr std::uint32_t arp_sender_at = 14 + 14;
  constexpr std::uint32_t whole_frame = 0xffffffff;
  return {netns_,
          interface_,
          {BPF_STMT(BPF_LD | BPF_H | BPF_ABS, type_at), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 2),
           BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ip_source_at), BPF_STMT(BPF_JMP | BPF_JA, 2),
           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 0, 4), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arp_sender_at),
           BPF_STMT(BPF_ALU | BPF_AND | BPF_K, prefix.mask().v4()),
           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, prefix.first().v4(), 0, 1), BPF_STMT(BPF_RET | BPF_K, whole_frame),
           BPF_STMT(BPF_RET | BPF_K, 0)}};
}

Bytes arp_question(const Mac& from, const Ip& asker, const Ip& wanted) {
  ByteWriter writer;
  writer.put(packet::broadcast_mac.bytes).put(from.bytes).u16(ETH_P_ARP);
  writer.u16(1).u16(ETH_P_IP).u8(6).u8(4).u16(ARPOP_REQUEST);
  writer.put(from.bytes).put(packet::address_bytes(asker)).put(Mac{}.bytes).put(packet::address_bytes(wanted));
  return std::move(writer).finish();
}

// An answer ends with: its sender's link address and address, then those of who asked.
std::string any_arp_answer(const Mac& to, const Ip& asker, const Ip& wanted) {
  return as_text(packet::address_bytes(wanted)) + as_text(to.bytes) + as_text(packet::address_bytes(asker));
}

std::string arp_answer(const Mac& holder, const Mac& to, const Ip& asker, const Ip& wanted) {
  return std::string{'\0', ARPOP_REPLY} + as_text(holder.bytes) + any_arp_answer(to, asker, wanted);
}

}  // namespace tarn::testing
