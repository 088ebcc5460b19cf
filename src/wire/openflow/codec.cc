#include "wire/openflow/codec.h"

#include <algorithm>

#include "base/check.h"
#include "wire/openflow/message_parts.h"

namespace tarn::wire::of {

namespace {

// enum ofp_type (OpenFlow 1.5 section 7.1.1), those of use here.
constexpr std::uint8_t type_hello = 0;
constexpr std::uint8_t type_error = 1;
constexpr std::uint8_t type_echo_request = 2;
constexpr std::uint8_t type_echo_reply = 3;
constexpr std::uint8_t type_experimenter = 4;
constexpr std::uint8_t type_features_request = 5;
constexpr std::uint8_t type_features_reply = 6;
constexpr std::uint8_t type_get_config_request = 7;
constexpr std::uint8_t type_get_config_reply = 8;
constexpr std::uint8_t type_set_config = 9;
constexpr std::uint8_t type_packet_out = 13;
constexpr std::uint8_t type_multipart_reply = 19;
constexpr std::uint8_t type_barrier_request = 20;
constexpr std::uint8_t type_barrier_reply = 21;
constexpr std::uint8_t type_bundle_control = 33;
constexpr std::uint8_t type_bundle_add = 34;

constexpr std::uint32_t nicira = 0x00002320;
constexpr std::uint32_t nxt_set_packet_in_format = 16;
constexpr std::uint32_t nxt_packet_in2 = 30;
constexpr std::uint16_t multipart_flow_desc = 1;
constexpr std::uint16_t multipart_table = 3;
constexpr std::uint16_t multipart_meter_desc = 10;
constexpr std::uint16_t multipart_port_desc = 13;
constexpr std::uint16_t multipart_more = 1;        // OFPMPF_REPLY_MORE
constexpr std::uint16_t hello_version_bitmap = 1;  // OFPHET_VERSIONBITMAP
constexpr std::uint16_t bundle_flags = 3;          // OFPBF_ATOMIC | OFPBF_ORDERED
constexpr std::uint32_t any_port = 0xffffffff;     // OFPP_ANY
constexpr std::uint32_t all_meters = 0xffffffff;   // OFPM_ALL: in questions only

// The lengths written inside are right whenever the whole is no longer than an OpenFlow message may be.
Bytes frame(const Message& message, std::uint32_t xid);

// Writes the body and answers with the message's type.
struct PutBody {
  ByteWriter& out;
  std::uint32_t xid;

  std::uint8_t operator()(const Hello& hello) const {
    if (hello.versions != 0) out.u16(hello_version_bitmap).u16(8).u32(hello.versions);
    return type_hello;
  }
  std::uint8_t operator()(const ErrorReply& error) const {
    out.u16(error.type).u16(error.code).put(error.data);
    return type_error;
  }
  std::uint8_t operator()(const EchoRequest& echo) const {
    out.put(echo.data);
    return type_echo_request;
  }
  std::uint8_t operator()(const EchoReply& echo) const {
    out.put(echo.data);
    return type_echo_reply;
  }
  std::uint8_t operator()(const FeaturesRequest&) const { return type_features_request; }
  std::uint8_t operator()(const FeaturesReply& features) const {
    out.u64(features.datapath_id).u32(0).u8(features.tables).zeros(3).u32(features.capabilities).u32(0);
    return type_features_reply;
  }
  std::uint8_t operator()(const GetConfigRequest&) const { return type_get_config_request; }
  std::uint8_t operator()(const GetConfigReply& config) const {
    out.u16(config.flags).u16(config.miss_send_len);
    return type_get_config_reply;
  }
  std::uint8_t operator()(const SetConfig& config) const {
    out.u16(config.flags).u16(config.miss_send_len);
    return type_set_config;
  }
  std::uint8_t operator()(const AddFlow& flow) const {
    put_flow_mod(out, flow);
    return type_flow_mod;
  }
  std::uint8_t operator()(const DeleteFlow& flow) const {
    put_flow_mod(out, flow);
    return type_flow_mod;
  }
  std::uint8_t operator()(const BundleControl& control) const {
    out.u32(control.bundle).u16(static_cast<std::uint16_t>(control.step)).u16(bundle_flags);
    return type_bundle_control;
  }
  std::uint8_t operator()(const BundleAdd& add) const {
    const auto inner = [this](const auto& change) { return frame(Message(change), xid); };
    out.u32(add.bundle).zeros(2).u16(bundle_flags).put(std::visit(inner, add.change));
    return type_bundle_add;
  }
  std::uint8_t operator()(const BarrierRequest&) const { return type_barrier_request; }
  std::uint8_t operator()(const BarrierReply&) const { return type_barrier_reply; }
  std::uint8_t operator()(const TableStatsRequest&) const {
    out.u16(multipart_table).u16(0).zeros(4);
    return type_multipart_request;
  }
  std::uint8_t operator()(const TableStatsReply& reply) const {
    out.u16(multipart_table).u16(reply.more ? multipart_more : 0).zeros(4);
    for (const TableStats& table : reply.tables) put_table_stats(out, table);
    return type_multipart_reply;
  }
  std::uint8_t operator()(const FlowDescRequest& request) const {
    out.u16(multipart_flow_desc).u16(0).zeros(4);
    put_flow_desc_request(out, request);
    return type_multipart_request;
  }
  std::uint8_t operator()(const FlowDescReply& reply) const {
    out.u16(multipart_flow_desc).u16(reply.more ? multipart_more : 0).zeros(4);
    for (const auto& [key, seen] : reply.flows) put_flow_desc(out, key, seen);
    return type_multipart_reply;
  }
  std::uint8_t operator()(const PortDescRequest&) const {
    out.u16(multipart_port_desc).u16(0).zeros(4).u32(any_port).zeros(4);
    return type_multipart_request;
  }
  std::uint8_t operator()(const PortDescReply& reply) const {
    out.u16(multipart_port_desc).u16(reply.more ? multipart_more : 0).zeros(4);
    for (const PortDesc& port : reply.ports) put_port_desc(out, port);
    return type_multipart_reply;
  }
  std::uint8_t operator()(const PutMeter& meter) const {
    put_meter_mod(out, meter);
    return type_meter_mod;
  }
  std::uint8_t operator()(const DeleteMeter& meter) const {
    put_meter_mod(out, meter);
    return type_meter_mod;
  }
  std::uint8_t operator()(const MeterDescRequest&) const {
    out.u16(multipart_meter_desc).u16(0).zeros(4).u32(all_meters).zeros(4);
    return type_multipart_request;
  }
  std::uint8_t operator()(const MeterDescReply& reply) const {
    out.u16(multipart_meter_desc).u16(reply.more ? multipart_more : 0).zeros(4);
    for (const auto& [id, seen] : reply.meters) put_meter_desc(out, id, seen);
    return type_multipart_reply;
  }
  std::uint8_t operator()(const PacketIn& packet) const {
    out.u32(nicira).u32(nxt_packet_in2);
    put_packet_in2(out, packet);
    return type_experimenter;
  }
  std::uint8_t operator()(const PacketOut& packet) const {
    put_packet_out(out, packet);
    return type_packet_out;
  }
  std::uint8_t operator()(const SetPacketInFormat& request) const {
    out.u32(nicira).u32(nxt_set_packet_in_format).u32(static_cast<std::uint32_t>(request.format));
    return type_experimenter;
  }
  std::uint8_t operator()(const OtherMessage& other) const {
    CHECK(false);
    return other.type;
  }
};

Bytes rest_of(ByteReader in) {
  const ByteView rest = in.take(in.left());
  return Bytes(rest.begin(), rest.end());
}

std::unexpected<Error> too_short() {
  return fail(ErrorCode::corrupt, "an OpenFlow message is too short for its type");
}

Bytes frame(const Message& message, std::uint32_t xid) {
  ByteWriter out;
  const auto* hello = std::get_if<Hello>(&message);
  out.u8(hello != nullptr ? hello->version : version_1_5).u8(0).u16(0).u32(xid);
  const std::uint8_t type = std::visit(PutBody{out, xid}, message);
  out.patch_u16(2, static_cast<std::uint16_t>(out.size()));
  Bytes bytes = std::move(out).finish();
  bytes[1] = type;
  return bytes;
}

bool names_one_table(const Message& message) {
  constexpr std::uint8_t all_tables = 0xff;  // OFPTT_ALL
  if (const auto* add = std::get_if<AddFlow>(&message)) return add->key.table != all_tables;
  if (const auto* gone = std::get_if<DeleteFlow>(&message)) return gone->key.table != all_tables;
  const auto* step = std::get_if<BundleAdd>(&message);
  if (step == nullptr) return true;
  return std::visit([](const auto& change) { return change.key.table != all_tables; }, step->change);
}

bool names_one_meter(const Message& message) {
  const auto is_one = [](std::uint32_t id) { return id != 0 && id <= meter_max; };
  if (const auto* put = std::get_if<PutMeter>(&message)) return is_one(put->id);
  const auto* gone = std::get_if<DeleteMeter>(&message);
  return gone == nullptr || is_one(gone->id);
}

Result<Message> take_hello(ByteReader in, std::uint8_t version) {
  Hello hello{version, 0};
  while (in.left() > 0) {
    const std::uint16_t type = in.u16();
    const std::size_t length = in.u16();
    if (!in.ok() || length < 4) return fail(ErrorCode::corrupt, "a hello element is shorter than its header");
    ByteReader value(in.take(length - 4));
    if (!in.ok()) return fail(ErrorCode::corrupt, "a hello element runs past the end of its message");
    in.skip(std::min(in.left(), (8 - length % 8) % 8));
    if (type == hello_version_bitmap && value.left() >= 4) hello.versions = value.u32();
  }
  return hello;
}

Result<Message> take_features(ByteReader in) {
  FeaturesReply features;
  features.datapath_id = in.u64();
  in.skip(4);
  features.tables = in.u8();
  in.skip(3);
  features.capabilities = in.u32();
  if (!in.ok()) return too_short();
  return features;
}

Result<Message> take_bundle_control(ByteReader in) {
  BundleControl control;
  control.bundle = in.u32();
  const std::uint16_t step = in.u16();
  if (!in.ok()) return too_short();
  if (step > static_cast<std::uint16_t>(BundleStep::discard_reply)) return OtherMessage{type_bundle_control};
  control.step = static_cast<BundleStep>(step);
  return control;
}

Result<Message> take_bundle_add(ByteReader in) {
  BundleAdd add;
  add.bundle = in.u32();
  in.skip(4);
  const ByteView inner = in.take(in.left());
  if (!in.ok() || inner.size() < header_bytes) return too_short();
  if (inner[1] != type_flow_mod) return OtherMessage{type_bundle_add};
  Result<Envelope> change = decode(inner);
  if (!change) return fail(change.error());
  if (auto* flow = std::get_if<AddFlow>(&change->message))
    add.change = std::move(*flow);
  else if (auto* gone = std::get_if<DeleteFlow>(&change->message))
    add.change = std::move(*gone);
  else
    return OtherMessage{type_bundle_add};
  return add;
}

template <class Reply>
Result<Message> part(Result<Reply> reply, bool more) {
  if (!reply) return fail(reply.error());
  reply->more = more;
  return std::move(*reply);
}

Result<Message> take_multipart(ByteReader in, bool reply) {
  const std::uint16_t type = in.u16();
  const bool more = (in.u16() & multipart_more) != 0;
  in.skip(4);
  if (!in.ok()) return too_short();
  if (!reply && type == multipart_flow_desc) return take_flow_desc_request(in);
  if (!reply && type == multipart_table) return TableStatsRequest{};
  if (!reply && type == multipart_port_desc) return PortDescRequest{};
  if (!reply && type == multipart_meter_desc) return MeterDescRequest{};
  if (reply && type == multipart_flow_desc) return part(take_flow_descs(in), more);
  if (reply && type == multipart_table) return part(take_table_stats(in), more);
  if (reply && type == multipart_port_desc) return part(take_port_descs(in), more);
  if (reply && type == multipart_meter_desc) return part(take_meter_descs(in), more);
  return OtherMessage{reply ? type_multipart_reply : type_multipart_request};
}

Result<Message> take_experimenter(ByteReader in) {
  const std::uint32_t vendor = in.u32();
  const std::uint32_t subtype = in.u32();
  if (!in.ok()) return too_short();
  if (vendor == nicira && subtype == nxt_packet_in2) return take_packet_in2(in);
  if (vendor == nicira && subtype == nxt_set_packet_in_format) {
    const std::uint32_t format = in.u32();
    const bool known = in.ok() && (format == 0 || format == 2);
    if (known) return SetPacketInFormat{static_cast<PacketInFormat>(format)};
  }
  return OtherMessage{type_experimenter};
}

template <class Config>
Result<Message> take_config(ByteReader in) {
  Config config;
  config.flags = in.u16();
  config.miss_send_len = in.u16();
  if (!in.ok()) return too_short();
  return config;
}

Result<Message> take_error(ByteReader in) {
  ErrorReply error;
  error.type = in.u16();
  error.code = in.u16();
  if (!in.ok()) return too_short();
  error.data = rest_of(in);
  return error;
}

Result<Message> take_body(std::uint8_t type, ByteReader in) {
  switch (type) {
    case type_error:
      return take_error(in);
    case type_echo_request:
      return EchoRequest{rest_of(in)};
    case type_echo_reply:
      return EchoReply{rest_of(in)};
    case type_experimenter:
      return take_experimenter(in);
    case type_features_request:
      return FeaturesRequest{};
    case type_features_reply:
      return take_features(in);
    case type_get_config_request:
      return GetConfigRequest{};
    case type_get_config_reply:
      return take_config<GetConfigReply>(in);
    case type_set_config:
      return take_config<SetConfig>(in);
    case type_packet_in:
      return take_packet_in(in);
    case type_packet_out:
      return take_packet_out(in);
    case type_flow_mod:
      return take_flow_mod(in);
    case type_meter_mod:
      return take_meter_mod(in);
    case type_multipart_request:
      return take_multipart(in, false);
    case type_multipart_reply:
      return take_multipart(in, true);
    case type_barrier_request:
      return BarrierRequest{};
    case type_barrier_reply:
      return BarrierReply{};
    case type_bundle_control:
      return take_bundle_control(in);
    case type_bundle_add:
      return take_bundle_add(in);
    default:
      return OtherMessage{type};
  }
}

}  // namespace

Result<Bytes> try_encode(const Message& message, std::uint32_t xid) {
  if (!names_one_table(message)) return fail(ErrorCode::invalid, "a flow in \"all tables\" cannot be written");
  if (!names_one_meter(message)) return fail(ErrorCode::invalid, "a meter's number is 1 to 0xffff0000");
  Bytes bytes = frame(message, xid);
  if (bytes.size() > message_bytes_max)
    return fail(ErrorCode::exhausted, "the message is longer than the 65,535 bytes an OpenFlow message may have");
  return bytes;
}

Bytes encode(const Message& message, std::uint32_t xid) {
  Result<Bytes> bytes = try_encode(message, xid);
  CHECK(bytes.has_value());
  return std::move(*bytes);
}

Result<std::optional<std::size_t>> message_length(ByteView bytes) {
  if (bytes.size() < header_bytes) return std::nullopt;
  const std::size_t length = static_cast<std::size_t>(bytes[2]) << 8 | bytes[3];
  if (length < header_bytes)
    return fail(ErrorCode::corrupt, "an OpenFlow message claims to be shorter than its header");
  return length;
}

Result<Envelope> decode(ByteView whole) {
  ByteReader in(whole);
  const std::uint8_t version = in.u8();
  const std::uint8_t type = in.u8();
  const std::size_t length = in.u16();
  const std::uint32_t xid = in.u32();
  if (!in.ok() || length != whole.size()) return fail(ErrorCode::corrupt, "an OpenFlow message has the wrong length");
  const bool readable = version == version_1_5 || type == type_hello || type == type_error;
  if (!readable) return fail(ErrorCode::unsupported, "an OpenFlow message is not of version 1.5");
  Result<Message> message = type == type_hello ? take_hello(in, version) : take_body(type, in);
  if (!message) return fail(message.error());
  return Envelope{xid, std::move(*message)};
}

}  // namespace tarn::wire::of
