// The bodies of the messages about meters: OpenFlow 1.5 sections 7.3.4.5 (ofp_meter_mod) and 7.3.5.15 (ofp_meter_desc).
#include "wire/openflow/message_parts.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint16_t flag_kilobits = 1;  // OFPMF_KBPS
constexpr std::uint16_t flag_packets = 2;   // OFPMF_PKTPS
constexpr std::uint16_t flag_burst = 4;     // OFPMF_BURST
constexpr std::uint16_t flag_stats = 8;     // OFPMF_STATS: the switch counts anyway
constexpr std::uint16_t band_drop = 1;      // OFPMBT_DROP
constexpr std::size_t band_bytes = 16;
constexpr std::uint16_t command_add = 0;
constexpr std::uint16_t command_modify = 1;
constexpr std::uint16_t command_delete = 2;

std::uint16_t flags_of(const MeterSpec& spec) {
  return static_cast<std::uint16_t>(flag_burst |
                                    (spec.unit == MeterSpec::Unit::packets ? flag_packets : flag_kilobits));
}

void put_band(ByteWriter& out, const MeterSpec& spec) {
  out.u16(band_drop).u16(band_bytes).u32(spec.rate).u32(spec.burst).zeros(4);
}

MeterSeen take_bands(std::uint16_t flags, ByteReader in) {
  MeterSeen seen;
  const bool packets = (flags & flag_packets) != 0;
  seen.spec.unit = packets ? MeterSpec::Unit::packets : MeterSpec::Unit::kilobits;
  const std::uint16_t type = in.u16();
  const std::uint16_t length = in.u16();
  seen.spec.rate = in.u32();
  seen.spec.burst = in.u32();
  in.skip(4);
  const bool ours = in.ok() && in.left() == 0 && type == band_drop && length == band_bytes;
  seen.opaque = !ours || (flags & ~flag_stats) != flags_of(seen.spec);
  return seen;
}

}  // namespace

void put_meter_mod(ByteWriter& out, const PutMeter& meter) {
  out.u16(meter.is_there ? command_modify : command_add).u16(flags_of(meter.spec)).u32(meter.id);
  put_band(out, meter.spec);
}

void put_meter_mod(ByteWriter& out, const DeleteMeter& meter) {
  out.u16(command_delete).u16(0).u32(meter.id);
}

Result<Message> take_meter_mod(ByteReader in) {
  const std::uint16_t command = in.u16();
  const std::uint16_t flags = in.u16();
  const std::uint32_t id = in.u32();
  if (!in.ok()) return fail(ErrorCode::corrupt, "an OpenFlow message is too short for its type");
  if (id == 0 || id > meter_max || command > command_delete) return OtherMessage{type_meter_mod};
  if (command == command_delete) return DeleteMeter{id};
  const MeterSeen seen = take_bands(flags, in);
  if (seen.opaque) return OtherMessage{type_meter_mod};
  return PutMeter{id, seen.spec, command == command_modify};
}

void put_meter_desc(ByteWriter& out, std::uint32_t id, const MeterSeen& seen) {
  out.u16(8 + band_bytes).u16(flags_of(seen.spec)).u32(id);
  put_band(out, seen.spec);
}

Result<MeterDescReply> take_meter_descs(ByteReader in) {
  MeterDescReply reply;
  while (in.left() > 0) {
    const std::size_t length = in.u16();
    const std::uint16_t flags = in.u16();
    const std::uint32_t id = in.u32();
    if (!in.ok() || length < 8) return fail(ErrorCode::corrupt, "a meter is shorter than its header");
    const ByteReader bands(in.take(length - 8));
    if (!in.ok()) return fail(ErrorCode::corrupt, "a meter runs past the end of its message");
    reply.meters.emplace_back(id, take_bands(flags, bands));
  }
  return reply;
}

}  // namespace tarn::wire::of
