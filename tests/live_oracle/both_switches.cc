#include "live_oracle/both_switches.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <utility>

namespace tarn::test {

namespace of = wire::of;

namespace {

// Into a composed segment, whose numbers and window are 0: small ones, so that their low halves are all of them. The
// checksum is a sum in ones' complement (RFC 1071), so what is added to the segment is taken from it.
void number(Bytes& frame, const Segment& segment) {
  const std::size_t at = frame[12] == 0x86 ? 14 + 40 : 14 + 20;
  const auto word = [&](std::size_t offset) -> std::uint32_t {
    return frame[at + offset] << 8U | frame[at + offset + 1];
  };
  const auto put = [&](std::size_t offset, std::uint32_t value) {
    frame[at + offset] = static_cast<Byte>(value >> 8U);
    frame[at + offset + 1] = static_cast<Byte>(value);
  };
  constexpr std::size_t sequence = 6;
  constexpr std::size_t acknowledged = 10;
  constexpr std::size_t window = 14;
  constexpr std::size_t checksum = 16;
  constexpr std::uint32_t window_bytes = 1000;
  put(sequence, segment.sequence);
  put(acknowledged, segment.acknowledged);
  put(window, window_bytes);
  std::uint32_t sum = (~word(checksum) & 0xffffU) + segment.sequence + segment.acknowledged + window_bytes;
  sum = (sum & 0xffffU) + (sum >> 16U);
  put(checksum, ~sum & 0xffffU);
}

}  // namespace

Mac mac(std::uint64_t host) {
  return {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(host)}};
}

Packet ip_packet(std::uint64_t from, std::uint64_t to, std::uint64_t protocol, bool v4) {
  const auto address = [v4](std::uint64_t host) {
    return Ip::parse((v4 ? "10.0.0." : "2001:db8::") + std::to_string(host)).value();
  };
  return Packet()
      .set(Field::in_port, from)
      .set(Field::eth_src, mac(from))
      .set(Field::eth_dst, mac(to))
      .set(Field::eth_type, v4 ? 0x0800 : 0x86dd)
      .set(v4 ? Field::ipv4_src : Field::ipv6_src, address(from))
      .set(v4 ? Field::ipv4_dst : Field::ipv6_dst, address(to))
      .set(Field::ip_proto, protocol)
      .set(Field::ip_ttl, 64);
}

Packet udp(std::uint64_t from, std::uint64_t to, std::uint64_t source, std::uint64_t destination, bool v4) {
  return ip_packet(from, to, 17, v4).set(Field::udp_src, source).set(Field::udp_dst, destination);
}

Packet tcp(std::uint64_t from, std::uint64_t to, std::uint64_t source, std::uint64_t destination, bool v4) {
  return ip_packet(from, to, 6, v4).set(Field::tcp_src, source).set(Field::tcp_dst, destination);
}

Packet icmp(std::uint64_t from, std::uint64_t to, std::uint64_t type, std::uint64_t code, bool v4) {
  return ip_packet(from, to, v4 ? 1 : 58, v4)
      .set(v4 ? Field::icmp_type : Field::icmpv6_type, type)
      .set(v4 ? Field::icmp_code : Field::icmpv6_code, code);
}

void BothSwitches::SetUp() {
  switch_.add_bridge("br-int");
  // The kernel's own neighbour messages would be packets of nobody's story.
  switch_.in_netns({"sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"});
  for (std::uint32_t port = 1; port <= ports_max; ++port) {
    const std::string name = "tap" + std::to_string(port);
    switch_.vsctl({"add-port", "br-int", name, "--", "set", "interface", name, "type=internal",
                   "ofport_request=" + std::to_string(port)});
    switch_.in_netns({"ip", "link", "set", name, "up"});
  }
  for (const std::uint64_t type : {0x0800, 0x86dd}) {
    add(0, 10, {tracked(0, 0x20), FieldValue::number(Field::eth_type, type)},
        {of::SetField{FieldValue::number(Field::metadata, 0x50007)},
         of::Ct{.zone_field = Field::metadata, .table = std::uint8_t{0}, .nested = {}}});
    add(0, 10, {tracked(0x20, 0x20), FieldValue::number(Field::eth_type, type)}, {}, rules);
  }
  for (std::uint32_t port = 1; port <= ports_max; ++port)
    add(delivery, 10, {FieldValue::mac(Field::eth_dst, mac(port))}, {of::Output{port}});
}

void BothSwitches::add(std::uint8_t table, std::uint16_t priority, Match match, std::vector<of::Action> actions,
                       std::optional<std::uint8_t> next) {
  flows_[{table, priority, std::move(match)}] =
      of::FlowSpec{.cookie = 1, .actions = std::move(actions), .goto_table = next};
}

void BothSwitches::load() {
  std::string lines = "delete\n";
  for (const auto& [key, spec] : flows_) lines += "add " + of::text(key, spec) + "\n";
  switch_.ofctl({"--bundle", "add-flows", bridge(), "-"}, lines);
  ask("revalidator/wait");
  walker_.emplace(flows_);
}

std::string BothSwitches::ask(const std::string& command) {
  return switch_.in_netns({"ovs-appctl", "-t", switch_.control_socket(), command}).output;
}

// As ovs-ofctl composes it, checksums and all.
Bytes BothSwitches::frame_of(const Packet& packet, const Segment& segment) {
  const std::string flags = segment.flags.empty() ? "" : ",tcp_flags=" + segment.flags;
  const std::string dump = switch_.ofctl({"compose-packet", of::text(packet.frame().description()) + flags});
  static const std::regex line(R"((?:^|\n)[0-9a-f]{8}  ([0-9a-f -]+))");
  Bytes bytes;
  for (std::sregex_iterator at(dump.begin(), dump.end(), line), end; at != end; ++at) {
    std::string octets = (*at)[1];
    std::ranges::replace(octets, '-', ' ');
    std::istringstream words(octets);
    for (std::string word; words >> word;) bytes.push_back(static_cast<Byte>(std::stoi(word, nullptr, 16)));
  }
  if (!flags.empty()) number(bytes, segment);
  return bytes;
}

BothSwitches::Ports BothSwitches::sent_by_switch(const Packet& packet, const Segment& segment) {
  const std::string in_port = std::to_string(packet.number(Field::in_port));
  const std::string bytes = fmt::format("{:02x}", fmt::join(frame_of(packet, segment), ""));
  switch_.ofctl({"packet-out", bridge(), "in_port=" + in_port + ",packet=" + bytes + ",actions=table"});
  Ports ports;
  for (const auto& [port, count] : counters()) {
    std::uint64_t& before = counted_[port];
    ports.insert(ports.end(), count - std::exchange(before, count), port);
  }
  return ports;
}

BothSwitches::Ports BothSwitches::sent_by_walker(const Packet& packet) {
  const auto in_port = static_cast<std::uint32_t>(packet.number(Field::in_port));
  const sim::Walk walk = walker_->walk(in_port, packet, conntrack_);
  EXPECT_TRUE(walk.faults.empty()) << walk.faults.front();
  walk.teach(conntrack_);
  learn(walk.learned);
  last_ = of::text(walk.last.description());
  Ports ports;
  for (const sim::Emission& emission : walk.emissions) ports.push_back(emission.port);
  std::ranges::sort(ports);
  return ports;
}

void BothSwitches::learn(const std::vector<sim::Learned>& all) {
  learned_ = !all.empty();
  if (!learned_) return;
  sim::FlowTable table;
  for (const auto& [key, spec] : flows_) table[key].spec = spec;
  for (const sim::Learned& learned : all) sim::learn(table, learned);
  for (const auto& [key, seen] : table) flows_[key] = seen.spec;
  walker_.emplace(flows_);
}

BothSwitches::Ports BothSwitches::agree(const Packet& packet, const Segment& segment) {
  Ports ports = sent_by_walker(packet);
  EXPECT_EQ(sent_by_switch(packet, segment), ports) << of::text(packet.description()) << " " << segment.flags << "\n"
                                                    << "walker: " << last_ << "\n"
                                                    << ask("dpctl/dump-conntrack");
  if (learned_) ask("revalidator/wait");
  return ports;
}

std::map<std::uint32_t, std::uint64_t> BothSwitches::counters() {
  static const std::regex line(R"(port +(\d+): [^\n]*\n +tx pkts=(\d+))");
  const std::string text = switch_.ofctl({"dump-ports", bridge()});
  std::map<std::uint32_t, std::uint64_t> sent;
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at)
    sent[static_cast<std::uint32_t>(std::stoul((*at)[1]))] = std::stoul((*at)[2]);
  EXPECT_EQ(sent.size(), ports_max) << text;
  return sent;
}

}  // namespace tarn::test
