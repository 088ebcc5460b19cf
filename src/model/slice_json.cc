// Slice rows as JSON: on the feed's wire and in the agent's journal.
#include "model/json_fields.h"
#include "model/slice.h"

namespace tarn::model {
namespace {

template <class R>
Result<SliceRow> read(const SliceName& name, const boost::json::object& object) {
  R held;
  std::size_t used = 0;
  if (Status status = fields::take_fields(object, held, used); !status) return fail(status.error());
  SliceRow row(std::move(held));
  if (name_of(row) != name) return fail(ErrorCode::invalid, "The row named '" + name + "' says it is another.");
  return row;
}

}  // namespace

boost::json::object to_json(const SliceRow& row, boost::json::storage_ptr storage) {
  boost::json::object object(std::move(storage));
  std::visit([&object](const auto& held) { fields::put_fields(held, object); }, row);
  return object;
}

Result<SliceRow> slice_row_from_json(const SliceName& name, const boost::json::object& object) {
  if (name.starts_with("network/")) return read<Network>(name, object);
  if (name.starts_with("subnet/")) return read<Subnet>(name, object);
  if (name.starts_with("port/")) return read<Port>(name, object);
  if (name.starts_with("peer/")) return read<Peer>(name, object);
  if (name.starts_with("named/")) return read<NamedPort>(name, object);
  if (name.starts_with("node/")) return read<Node>(name, object);
  if (name.starts_with("group/")) return read<SecurityGroup>(name, object);
  if (name.starts_with("rule/")) return read<SecurityGroupRule>(name, object);
  if (name.starts_with("addresses/")) return read<AddressGroup>(name, object);
  if (name.starts_with("limit/")) return read<QosRule>(name, object);
  if (name.starts_with("log/")) return read<Log>(name, object);
  if (name.starts_with("tap/")) return read<Tap>(name, object);
  if (name.starts_with("tap_flow/")) return read<TapFlow>(name, object);
  if (name.starts_with("tap_mirror/")) return read<TapMirror>(name, object);
  if (name.starts_with("router/")) return read<Router>(name, object);
  if (name.starts_with("pool/")) return read<SubnetPool>(name, object);
  if (name.starts_with("interface/")) return read<RouterInterface>(name, object);
  if (name.starts_with("gateway/")) return read<RouterGateway>(name, object);
  if (name.starts_with("gateway_host/")) return read<GatewayHost>(name, object);
  if (name.starts_with("outside/")) return read<OutsideNetwork>(name, object);
  if (name.starts_with("outside_subnet/")) return read<OutsideSubnet>(name, object);
  if (name.starts_with("proxied/")) return read<ProxiedAddress>(name, object);
  if (name.starts_with("floating/")) return read<FloatingAddress>(name, object);
  if (name.starts_with("forwarding/")) return read<ForwardedPorts>(name, object);
  if (name.starts_with("candidate/")) return read<Candidate>(name, object);
  if (name.starts_with("moved/")) return read<MovedPort>(name, object);
  if (name.starts_with("block/")) return read<PortBlock>(name, object);
  if (name.starts_with("speaker/")) return read<Speaker>(name, object);
  if (name.starts_with("speaker_peer/")) return read<SpeakerPeer>(name, object);
  if (name.starts_with("speaker_route/")) return read<SpeakerRoute>(name, object);
  if (name.starts_with("member/")) return read<Member>(name, object);
  return fail(ErrorCode::unsupported, "Rows named like '" + name + "' are not known to this version.");
}

}  // namespace tarn::model
