// Flow modifications, flow descriptions and table statistics (OpenFlow 1.5 sections 7.3.4.2, 7.3.5.2 and 7.3.5.5).
#include "wire/openflow/action_codec.h"
#include "wire/openflow/match_codec.h"
#include "wire/openflow/message_parts.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint8_t command_add = 0;            // OFPFC_ADD
constexpr std::uint8_t command_delete_strict = 4;  // OFPFC_DELETE_STRICT
constexpr std::uint8_t all_tables = 0xff;          // OFPTT_ALL
constexpr std::uint32_t no_buffer = 0xffffffff;    // OFP_NO_BUFFER
constexpr std::uint32_t any = 0xffffffff;          // OFPP_ANY, OFPG_ANY
constexpr std::uint16_t goto_table = 1;            // OFPIT_GOTO_TABLE
constexpr std::uint16_t apply_actions = 4;         // OFPIT_APPLY_ACTIONS
constexpr std::uint16_t oxs_basic = 0x8002;        // OFPXSC_OPENFLOW_BASIC
constexpr std::uint8_t oxs_packets = 4;            // OFPXST_OFB_PACKET_COUNT
constexpr std::uint8_t oxs_bytes = 5;              // OFPXST_OFB_BYTE_COUNT
constexpr std::size_t flow_desc_bytes = 24;        // struct ofp_flow_desc without match, statistics and instructions

void put_instructions(ByteWriter& out, const FlowSpec& spec) {
  if (!spec.actions.empty()) {
    const std::size_t start = out.size();
    out.u16(apply_actions).u16(0).zeros(4);
    put_actions(out, spec.actions);
    const std::size_t length = out.size() - start;
    out.patch_u16(start + 2, static_cast<std::uint16_t>(length));
  }
  if (spec.goto_table) out.u16(goto_table).u16(8).u8(*spec.goto_table).zeros(3);
}

// What our values cannot say (write_metadata, a second apply, an action set …) stays as an Opaque holding the whole
// instruction, so that such a flow never compares equal to one that does less.
Status take_instruction(FlowSpec& spec, std::uint16_t type, ByteView whole) {
  if (type == apply_actions && spec.actions.empty() && !spec.goto_table) {
    Result<std::vector<Action>> actions = decode_actions(whole.subspan(8));
    if (!actions) return fail(actions.error());
    spec.actions = std::move(*actions);
  } else if (type == goto_table && !spec.goto_table) {
    spec.goto_table = whole[4];
  } else {
    std::vector<Action> actions = spec.actions;
    actions.emplace_back(Opaque{Bytes(whole.begin(), whole.end())});
    spec.actions = std::move(actions);
  }
  return {};
}

Status take_instructions(FlowSpec& spec, ByteView bytes) {
  while (!bytes.empty()) {
    ByteReader in(bytes);
    const std::uint16_t type = in.u16();
    const std::size_t length = in.u16();
    if (!in.ok() || length < 8 || length % 8 != 0 || length > bytes.size())
      return fail(ErrorCode::corrupt, "an instruction has an impossible length");
    if (Status taken = take_instruction(spec, type, bytes.first(length)); !taken) return taken;
    bytes = bytes.subspan(length);
  }
  return {};
}

void put_flow_mod_head(ByteWriter& out, const FlowKey& key, std::uint64_t cookie, std::uint64_t mask,
                       std::uint8_t command) {
  out.u64(cookie).u64(mask).u8(key.table).u8(command);
  out.u16(0).u16(0).u16(key.priority).u32(no_buffer).u32(any).u32(any);  // no timeouts
  out.u16(0).u16(0);                                                     // no flags: counters are kept; importance
  put_match(out, key.match);
}

// OXS entries (OpenFlow 1.5 section 7.2.4); those without use here are passed over.
Status take_stats(FlowSeen& seen, ByteReader& in) {
  in.skip(2);
  const std::size_t length = in.u16();
  if (!in.ok() || length < 4) return fail(ErrorCode::corrupt, "flow statistics are shorter than their header");
  ByteReader entries(in.take(length - 4));
  in.skip((8 - length % 8) % 8);
  if (!in.ok()) return fail(ErrorCode::corrupt, "flow statistics run past the end of their flow");
  while (entries.left() > 0) {
    const std::uint32_t header = entries.u32();
    ByteReader value(entries.take(header & 0xff));
    if (!entries.ok()) return fail(ErrorCode::corrupt, "a flow statistic runs past the end of its list");
    const bool counter = header >> 16 == oxs_basic && (header & 0xff) == 8;
    const std::uint32_t number = header >> 9 & 0x7f;
    if (counter && number == oxs_packets) seen.packets = value.u64();
    if (counter && number == oxs_bytes) seen.bytes = value.u64();
  }
  return {};
}

void put_stats(ByteWriter& out, const FlowSeen& seen) {
  const auto header = [](std::uint32_t number) { return std::uint32_t{oxs_basic} << 16 | number << 9 | 8U; };
  out.u16(0).u16(4 + 2 * 12);
  out.u32(header(oxs_packets)).u64(seen.packets).u32(header(oxs_bytes)).u64(seen.bytes);
  out.zeros(4);
}

Result<std::pair<FlowKey, FlowSeen>> take_flow_desc(ByteView whole) {
  ByteReader in(whole);
  FlowKey key;
  FlowSeen seen;
  in.skip(4);
  key.table = in.u8();
  in.skip(1);
  key.priority = in.u16();
  seen.idle_timeout = in.u16();
  seen.hard_timeout = in.u16();
  in.skip(2);
  seen.importance = in.u16();
  seen.spec.cookie = in.u64();
  Result<Match> match = take_match(in);
  if (!match) return fail(match.error());
  key.match = std::move(*match);
  if (Status stats = take_stats(seen, in); !stats) return fail(stats.error());
  if (Status taken = take_instructions(seen.spec, in.take(in.left())); !taken) return fail(taken.error());
  seen.opaque = !key.match.unknown().empty() || holds_opaque(seen.spec.actions);
  return std::pair{std::move(key), std::move(seen)};
}

}  // namespace

void put_flow_mod(ByteWriter& out, const AddFlow& flow) {
  put_flow_mod_head(out, flow.key, flow.spec.cookie, 0, command_add);
  put_instructions(out, flow.spec);
}

void put_flow_mod(ByteWriter& out, const DeleteFlow& flow) {
  put_flow_mod_head(out, flow.key, flow.cookie, ~std::uint64_t{0}, command_delete_strict);
}

Result<Message> take_flow_mod(ByteReader in) {
  FlowKey key;
  FlowSpec spec;
  spec.cookie = in.u64();
  const std::uint64_t mask = in.u64();
  key.table = in.u8();
  const std::uint8_t command = in.u8();
  const bool timeouts = in.u32() != 0;
  key.priority = in.u16();
  in.skip(12);
  const bool options = in.u32() != 0;  // flags and importance
  Result<Match> match = take_match(in);
  if (!match) return fail(match.error());
  key.match = std::move(*match);
  if (Status taken = take_instructions(spec, in.take(in.left())); !taken) return fail(taken.error());
  const bool ours = !timeouts && !options && key.table != all_tables;
  if (ours && command == command_add) return AddFlow{std::move(key), std::move(spec)};
  if (ours && command == command_delete_strict && mask == ~std::uint64_t{0})
    return DeleteFlow{std::move(key), spec.cookie};
  return OtherMessage{type_flow_mod};
}

// struct ofp_table_stats.
void put_table_stats(ByteWriter& out, const TableStats& table) {
  out.u8(table.table).zeros(3).u32(table.flows).u64(table.lookups).u64(table.matches);
}

Result<TableStatsReply> take_table_stats(ByteReader in) {
  TableStatsReply reply;
  while (in.left() > 0) {
    TableStats table;
    table.table = in.u8();
    in.skip(3);
    table.flows = in.u32();
    table.lookups = in.u64();
    table.matches = in.u64();
    if (!in.ok()) return fail(ErrorCode::corrupt, "a table's statistics are cut short");
    if (table.table == all_tables) return fail(ErrorCode::corrupt, "table statistics of \"all tables\"");
    reply.tables.push_back(table);
  }
  return reply;
}

void put_flow_desc_request(ByteWriter& out, const FlowDescRequest& request) {
  out.u8(request.table.value_or(all_tables)).zeros(3).u32(any).u32(any).zeros(4).u64(request.cookie).u64(request.mask);
  put_match(out, Match{});
}

Result<Message> take_flow_desc_request(ByteReader in) {
  FlowDescRequest request;
  const std::uint8_t table = in.u8();
  if (table != all_tables) request.table = table;
  in.skip(15);
  request.cookie = in.u64();
  request.mask = in.u64();
  const Result<Match> match = take_match(in);
  if (!match) return fail(match.error());
  if (*match == Match{}) return request;
  return OtherMessage{type_multipart_request};
}

void put_flow_desc(ByteWriter& out, const FlowKey& key, const FlowSeen& seen) {
  const std::size_t start = out.size();
  out.u16(0).zeros(2).u8(key.table).zeros(1).u16(key.priority);
  out.u16(seen.idle_timeout).u16(seen.hard_timeout).u16(0).u16(seen.importance).u64(seen.spec.cookie);
  put_match(out, key.match);
  put_stats(out, seen);
  put_instructions(out, seen.spec);
  const std::size_t length = out.size() - start;
  out.patch_u16(start, static_cast<std::uint16_t>(length));
}

Result<FlowDescReply> take_flow_descs(ByteReader in) {
  FlowDescReply reply;
  while (in.left() > 0) {
    ByteReader ahead = in;
    const std::size_t length = ahead.u16();
    const ByteView whole = in.take(length);
    if (!ahead.ok() || !in.ok() || length < flow_desc_bytes)
      return fail(ErrorCode::corrupt, "a flow description has an impossible length");
    Result<std::pair<FlowKey, FlowSeen>> flow = take_flow_desc(whole);
    if (!flow) return fail(flow.error());
    reply.flows.push_back(std::move(*flow));
  }
  return reply;
}

}  // namespace tarn::wire::of
