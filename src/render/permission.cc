#include "render/permission.h"

#include "base/check.h"
#include "model/protocol.h"
#include "render/port_masks.h"

namespace tarn::render {

namespace {

bool is_of_connection(Question question) {
  return question == Question::connection_in || question == Question::connection_out;
}

bool is_inward(Question question) {
  return question == Question::connection_in || question == Question::packet_in;
}

// Where a packet itself carries the destination port.
std::optional<Field> port_field(int protocol) {
  constexpr int tcp = 6;
  constexpr int sctp = 132;
  if (protocol == tcp) return Field::tcp_dst;
  if (protocol == static_cast<int>(protocol_udp)) return Field::udp_dst;
  if (protocol == sctp) return Field::sctp_dst;
  return std::nullopt;
}

Match with_icmp(Match match, Question question, const model::Permission& permission) {
  const bool connection = is_of_connection(question);
  const bool v6 = permission.ip_version == 6;
  const Field type = connection ? Field::ct_tp_src : v6 ? Field::icmpv6_type : Field::icmp_type;
  const Field code = connection ? Field::ct_tp_dst : v6 ? Field::icmpv6_code : Field::icmp_code;
  if (permission.first) match.with(number(type, *permission.first));
  if (permission.last) match.with(number(code, *permission.last));
  return match;
}

}  // namespace

Question question_of(model::Direction direction, bool stateful) {
  const bool inward = direction == model::Direction::ingress;
  if (stateful) return inward ? Question::connection_in : Question::connection_out;
  return inward ? Question::packet_in : Question::packet_out;
}

Match asked(Question question, int ip_version) {
  Match match{FieldValue::number(reg::judgement, static_cast<std::uint64_t>(question), question_mask)};
  // The fields of the connection's first packet are there for tracked packets only (ovs-fields(7)).
  if (is_of_connection(question)) match.with(tracked());
  return match & number(Field::eth_type, ip_version == 4 ? ethertype_ipv4 : ethertype_ipv6);
}

Match with_remote(Match match, Question question, const Prefix& remote) {
  const bool v4 = remote.address.is_v4();
  const bool in = is_inward(question);
  const Field of_packet = v4 ? (in ? Field::ipv4_src : Field::ipv4_dst) : (in ? Field::ipv6_src : Field::ipv6_dst);
  const Field of_connection =
      v4 ? (in ? Field::ct_ipv4_src : Field::ct_ipv4_dst) : (in ? Field::ct_ipv6_src : Field::ct_ipv6_dst);
  return match.with(FieldValue::prefix(is_of_connection(question) ? of_connection : of_packet, remote));
}

std::vector<Match> with_protocol(const Match& match, Question question, const model::Permission& permission) {
  if (permission.protocol.empty()) return {match};
  const std::optional<int> protocol = model::protocol_number(permission.protocol);
  CHECK(protocol.has_value());  // admitted
  const Field which = is_of_connection(question) ? Field::ct_ip_proto : Field::ip_proto;
  const Match whole = match & number(which, static_cast<std::uint64_t>(*protocol));
  if (model::is_icmp(*protocol)) return {with_icmp(whole, question, permission)};
  if (!permission.first || !permission.last) return {whole};
  const auto port = is_of_connection(question) ? std::optional(Field::ct_tp_dst) : port_field(*protocol);
  if (!port) return {};
  std::vector<Match> parts;
  for (const auto& [value, mask] :
       masks_of(static_cast<std::uint16_t>(*permission.first), static_cast<std::uint16_t>(*permission.last)))
    parts.push_back(whole & FieldValue::number(*port, value, mask));
  return parts;
}

}  // namespace tarn::render
