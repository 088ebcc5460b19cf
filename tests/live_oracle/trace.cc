#include "live_oracle/trace.h"

#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "wire/openflow/fields.h"

namespace tarn::test {

namespace of = wire::of;
using of::Field;
using of::FieldValue;
using sim::Packet;

namespace {

// The words of odp_flow_key_to_string() for what an action sets, by header and member.
const std::map<std::string, Field> set_words{
    {"eth.src", Field::eth_src},     {"eth.dst", Field::eth_dst},         {"ipv4.src", Field::ipv4_src},
    {"ipv4.dst", Field::ipv4_dst},   {"ipv4.ttl", Field::ip_ttl},         {"ipv6.src", Field::ipv6_src},
    {"ipv6.dst", Field::ipv6_dst},   {"ipv6.hlimit", Field::ip_ttl},      {"tcp.src", Field::tcp_src},
    {"tcp.dst", Field::tcp_dst},     {"udp.src", Field::udp_src},         {"udp.dst", Field::udp_dst},
    {"arp.sip", Field::arp_spa},     {"arp.tip", Field::arp_tpa},         {"arp.op", Field::arp_op},
    {"arp.sha", Field::arp_sha},     {"arp.tha", Field::arp_tha},         {"nd.target", Field::nd_target},
    {"nd.sll", Field::nd_sll},       {"nd.tll", Field::nd_tll},           {"icmp.type", Field::icmp_type},
    {"icmp.code", Field::icmp_code}, {"icmpv6.type", Field::icmpv6_type}, {"icmpv6.code", Field::icmpv6_code},
};

// "a(b,c),d" → "a(b,c)" and "d".
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::string part;
  for (const char letter : text) {
    depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
    if (letter == ',' && depth == 0) {
      parts.push_back(std::exchange(part, {}));
    } else {
      part += letter;
    }
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

// "name(inside)" → both; "name" → name and nothing.
std::pair<std::string, std::string> call(const std::string& text) {
  const std::size_t open = text.find('(');
  if (open == std::string::npos) return {text, {}};
  return {text.substr(0, open), text.substr(open + 1, text.size() - open - 2)};
}

std::pair<std::string, std::string> halves(const std::string& text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

FieldValue read(Field field, const std::string& text) {
  const of::FieldForm form = of::traits_of(field).form;
  if (form == of::FieldForm::mac) return FieldValue::mac(field, Mac::parse(text).value());
  if (form == of::FieldForm::ipv4 || form == of::FieldForm::ipv6) return FieldValue::ip(field, Ip::parse(text).value());
  return FieldValue::number(field, std::stoul(text, nullptr, 0));
}

void set(Packet& packet, const std::string& header, const std::string& member) {
  const auto [key, content] = halves(member, '=');
  const auto known = set_words.find(header + "." + key);
  if (known == set_words.end()) {
    ADD_FAILURE() << "the datapath sets " << header << "." << key << ", which this test cannot read";
    return;
  }
  const auto [value, mask] = halves(content, '/');
  FieldValue wanted = read(known->second, value);
  if (!mask.empty()) wanted.mask = read(known->second, mask).value;
  packet.set(wanted);
}

std::uint64_t tag_of(const std::string& members) {
  std::uint64_t tci = 0x1000;
  for (const std::string& member : split(members)) {
    const auto [key, value] = halves(member, '=');
    if (key == "vid") tci |= std::stoul(value);
    if (key == "pcp") tci |= std::stoul(value) << 13U;
    if (key == "cfi" && value == "0") tci &= ~std::uint64_t{0x1000};
  }
  return tci;
}

// What the datapath is told to do, in order, to a packet that looks like `packet`.
void follow(const std::string& actions, Packet& packet, const DatapathPorts& ports, Course& course) {
  for (const std::string& action : split(actions)) {
    const auto [name, inside] = call(action);
    if (const auto port = ports.find(action); port != ports.end()) {
      course.departures.emplace_back(port->second, packet);
    } else if (name == "set") {
      const auto [header, members] = call(inside);
      for (const std::string& member : split(members)) set(packet, header, member);
    } else if (name == "push_vlan") {
      packet.set(Field::vlan_tci, tag_of(inside));
    } else if (name == "pop_vlan") {
      packet.set(Field::vlan_tci, 0);
    } else if (name == "clone") {
      Packet copy = packet;
      follow(inside, copy, ports, course);
    } else if (name == "userspace") {
      // Reason 2 is OFPR_INVALID_TTL: told only to who asked for it, which nobody of ours does.
      if (inside.find("reason=2") == std::string::npos) course.departures.emplace_back(of::port_controller, packet);
    } else if (name != "drop" && name != "ct" && name != "ct_clear") {  // what they say is for who comes after
      ADD_FAILURE() << "the datapath does " << action << ", which this test cannot read";
    }
  }
}

bool is_metadata(const std::string& name) {
  return name.starts_with("reg") || name == "metadata" || name == "tun_id" || name == "tun_src" || name == "tun_dst";
}

void read_metadata(const std::string& flow, Course& course) {
  course.metadata.clear();
  for (const std::string& member : split(flow)) {
    const auto [name, value] = halves(member, '=');
    if (is_metadata(name) && value != "0.0.0.0" && value != "0x0" && value != "0") course.metadata[name] = value;
  }
}

}  // namespace

DatapathPorts datapath_ports(const std::string& show) {
  static const std::regex line(R"( (\d+)/(\d+): \()");
  DatapathPorts ports;
  for (std::sregex_iterator at(show.begin(), show.end(), line), end; at != end; ++at) {
    const auto number = static_cast<std::uint32_t>(std::stoul((*at)[1]));
    ports[(*at)[2]] = number == 65534 ? of::port_local : number;  // OFPP_LOCAL has 16 bits there
  }
  return ports;
}

std::string trace_text(const Packet& packet) {
  constexpr std::pair<std::uint32_t, std::string_view> flags[] = {{sim::ct_new, "new"},
                                                                  {sim::ct_established, "est"},
                                                                  {sim::ct_reply, "rpl"},
                                                                  {sim::ct_invalid, "inv"},
                                                                  {sim::ct_tracked, "trk"}};
  Packet rest = packet;
  rest.clear(Field::ct_state);
  std::string state;
  for (const auto& [bit, name] : flags) {
    if ((packet.number(Field::ct_state) & bit) != 0) state += (state.empty() ? "ct_state=" : "|") + std::string(name);
  }
  // Before what needs it.
  return state + (state.empty() ? "" : ",") + of::text(rest.description());
}

std::ostream& operator<<(std::ostream& out, const Course& course) {
  out << "\n  flows";
  for (const auto& [table, priority] : course.flows) out << ' ' << table << '/' << priority;
  for (const auto& [port, packet] : course.departures)
    out << "\n  to " << port << ": " << of::text(packet.description());
  for (const auto& data : course.userdata) out << "\n  userdata " << data;
  for (const auto& [name, value] : course.metadata) out << "\n  " << name << '=' << value;
  return out;
}

Course course_of(const std::string& trace, const Packet& sent, const DatapathPorts& ports) {
  static const std::regex table_line(R"(^ *(\d+)\. .*priority (\d+).*)");
  static const std::regex packet_in_line(R"(^ *controller\(userdata=([0-9a-f.]+)\)$)");
  Course course;
  std::istringstream lines(trace);
  Packet packet = sent.frame();
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, table_line)) course.flows.emplace_back(std::stoi(found[1]), std::stoi(found[2]));
    if (std::regex_match(line, found, packet_in_line)) course.userdata.push_back(found[1]);
    const auto [title, content] = halves(line, ' ');
    if (title == "Flow:") read_metadata(content, course);
    if (line.starts_with("Final flow: ") && !line.ends_with("unchanged")) read_metadata(line.substr(12), course);
    if (line.starts_with("Datapath actions: ")) follow(line.substr(18), packet, ports, course);
  }
  return course;
}

Course course_of(const sim::Walk& walk) {
  Course course;
  for (const of::FlowKey& key : walk.path) course.flows.emplace_back(key.table, key.priority);
  for (const sim::Emission& emission : walk.emissions) {
    course.departures.emplace_back(emission.port, emission.packet.frame());
    if (emission.port != of::port_controller) continue;
    std::string data;
    for (const Byte byte : emission.userdata) {
      constexpr std::string_view digits = "0123456789abcdef";
      data += data.empty() ? "" : ".";
      data += {digits[byte >> 4U], digits[byte & 0xfU]};
    }
    course.userdata.push_back(data);
  }
  const of::Match last = walk.last.description();
  for (const FieldValue& field : last.fields()) {
    const std::string name(of::name_of(field.field));
    // A tunnel's source is printed only beside a destination, its id only without one.
    const bool tunnel = walk.last.number(Field::tunnel_dst) != 0;
    const bool printed = field.field == Field::tunnel_src ? tunnel : field.field != Field::tunnel_id || !tunnel;
    if (is_metadata(name) && printed) course.metadata[name] = of::value_text(field);
  }
  return course;
}

}  // namespace tarn::test
