// OpenFlow 1.5 messages as values. What Tarn must never do has no word here: there is no wildcard delete, no delete
// without a cookie, no delete in "all tables". Bytes belong to codec.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "wire/openflow/flow.h"
#include "wire/openflow/meter.h"

namespace tarn::wire::of {

inline constexpr std::uint8_t version_1_5 = 0x06;

struct Hello {
  std::uint8_t version = version_1_5;          // the highest one its sender speaks: the header's
  std::uint32_t versions = 1U << version_1_5;  // bit n: wire version n (OFPHET_VERSIONBITMAP); 0 when not sent
  bool operator==(const Hello&) const = default;
};
struct ErrorReply {
  std::uint16_t type = 0;
  std::uint16_t code = 0;
  Bytes data;  // at least the first 64 bytes of what was refused
  bool operator==(const ErrorReply&) const = default;
};
struct EchoRequest {
  Bytes data;
  bool operator==(const EchoRequest&) const = default;
};
struct EchoReply {
  Bytes data;
  bool operator==(const EchoReply&) const = default;
};
struct FeaturesRequest {
  bool operator==(const FeaturesRequest&) const = default;
};
struct FeaturesReply {
  std::uint64_t datapath_id = 0;
  std::uint8_t tables = 0;
  std::uint32_t capabilities = 0;  // OFPC_*
  bool operator==(const FeaturesReply&) const = default;
};
struct GetConfigRequest {
  bool operator==(const GetConfigRequest&) const = default;
};
struct GetConfigReply {
  std::uint16_t flags = 0;
  std::uint16_t miss_send_len = 0;
  bool operator==(const GetConfigReply&) const = default;
};
// A connection to the management socket gets packet-ins only once it asked for a length other than 0.
struct SetConfig {
  std::uint16_t flags = 0;
  std::uint16_t miss_send_len = 0xffff;
  bool operator==(const SetConfig&) const = default;
};
// Makes the flow, or replaces what a flow of the same key does and keeps its counters (no OFPFF_RESET_COUNTS).
struct AddFlow {
  FlowKey key;
  FlowSpec spec;
  bool operator==(const AddFlow&) const = default;
};
// Removes exactly the flow of this key, and only while it carries this cookie (OFPFC_DELETE_STRICT, full cookie mask).
struct DeleteFlow {
  FlowKey key;
  std::uint64_t cookie = 0;
  bool operator==(const DeleteFlow&) const = default;
};

enum class BundleStep : std::uint16_t {
  open_request = 0,
  open_reply = 1,
  close_request = 2,
  close_reply = 3,
  commit_request = 4,
  commit_reply = 5,
  discard_request = 6,
  discard_reply = 7,
};
// Always atomic and ordered (OFPBF_ATOMIC | OFPBF_ORDERED).
struct BundleControl {
  std::uint32_t bundle = 0;
  BundleStep step = BundleStep::open_request;
  bool operator==(const BundleControl&) const = default;
};
// One change inside a bundle. The switch wants the inner message to carry the same transaction id as the outer one.
struct BundleAdd {
  std::uint32_t bundle = 0;
  std::variant<AddFlow, DeleteFlow> change;
  bool operator==(const BundleAdd&) const = default;
};
struct BarrierRequest {
  bool operator==(const BarrierRequest&) const = default;
};
struct BarrierReply {
  bool operator==(const BarrierReply&) const = default;
};

// How many flows each table holds (OFPMP_TABLE). Costs the switch the same whatever they are.
struct TableStatsRequest {
  bool operator==(const TableStatsRequest&) const = default;
};
struct TableStats {
  std::uint8_t table = 0;
  std::uint32_t flows = 0;  // active_count
  std::uint64_t lookups = 0;
  std::uint64_t matches = 0;
  bool operator==(const TableStats&) const = default;
};
struct TableStatsReply {
  bool more = false;
  std::vector<TableStats> tables;
  bool operator==(const TableStatsReply&) const = default;
};
// Asks for every flow of `table` (nullopt: of any) whose cookie equals `cookie` in the bits of `mask`
// (OFPMP_FLOW_DESC); mask 0 asks for all.
struct FlowDescRequest {
  std::optional<std::uint8_t> table;
  std::uint64_t cookie = 0;
  std::uint64_t mask = 0;
  bool operator==(const FlowDescRequest&) const = default;
};
struct FlowDescReply {
  bool more = false;  // further parts follow (OFPMPF_REPLY_MORE)
  std::vector<std::pair<FlowKey, FlowSeen>> flows;
  bool operator==(const FlowDescReply&) const = default;
};
struct PortDescRequest {
  bool operator==(const PortDescRequest&) const = default;
};
struct PortDesc {
  std::uint32_t number = 0;
  Mac mac;
  std::string name;
  std::uint32_t config = 0;  // OFPPC_*
  std::uint32_t state = 0;   // OFPPS_*
  bool operator==(const PortDesc&) const = default;
};
struct PortDescReply {
  bool more = false;
  std::vector<PortDesc> ports;
  bool operator==(const PortDescReply&) const = default;
};

// Makes the meter, or, where it is there, changes what it lets through; flows keep using it (OFPMC_ADD, OFPMC_MODIFY).
struct PutMeter {
  std::uint32_t id = 0;  // 1 to meter_max
  MeterSpec spec;
  bool is_there = false;
  bool operator==(const PutMeter&) const = default;
};
// Removes exactly this meter; the switch removes every flow that still uses it.
struct DeleteMeter {
  std::uint32_t id = 0;
  bool operator==(const DeleteMeter&) const = default;
};
// Asks for every meter (OFPMP_METER_DESC of OFPM_ALL).
struct MeterDescRequest {
  bool operator==(const MeterDescRequest&) const = default;
};
struct MeterDescReply {
  bool more = false;
  std::vector<std::pair<std::uint32_t, MeterSeen>> meters;
  bool operator==(const MeterDescReply&) const = default;
};

// OFPT_PACKET_IN and NXT_PACKET_IN2 in one form.
struct PacketIn {
  std::uint8_t reason = 0;  // OFPR_*
  std::uint8_t table = 0;
  std::uint64_t cookie = 0;    // of the flow that sent it
  Match metadata;              // input port, registers, metadata, tunnel and connection tracking fields
  Bytes userdata;              // what the Controller action carried
  std::uint32_t full_len = 0;  // of the packet before it was cut to the action's max_len
  Bytes packet;

  [[nodiscard]] std::uint32_t in_port() const;  // 0 when the switch did not say
  bool operator==(const PacketIn&) const = default;
};
struct PacketOut {
  std::uint32_t in_port = port_controller;
  std::vector<Action> actions;
  Bytes packet;
  bool operator==(const PacketOut&) const = default;
};
enum class PacketInFormat : std::uint32_t { standard = 0, nxt_packet_in2 = 2 };
struct SetPacketInFormat {
  PacketInFormat format = PacketInFormat::nxt_packet_in2;  // the one that carries userdata (NXT_SET_PACKET_IN_FORMAT)
  bool operator==(const SetPacketInFormat&) const = default;
};
// A message that this build has no use for; its bytes were counted, not read.
struct OtherMessage {
  std::uint8_t type = 0;
  bool operator==(const OtherMessage&) const = default;
};

using Message = std::variant<Hello, ErrorReply, EchoRequest, EchoReply, FeaturesRequest, FeaturesReply,
                             GetConfigRequest, GetConfigReply, SetConfig, AddFlow, DeleteFlow, BundleControl, BundleAdd,
                             BarrierRequest, BarrierReply, TableStatsRequest, TableStatsReply, FlowDescRequest,
                             FlowDescReply, PortDescRequest, PortDescReply, PutMeter, DeleteMeter, MeterDescRequest,
                             MeterDescReply, PacketIn, PacketOut, SetPacketInFormat, OtherMessage>;

}  // namespace tarn::wire::of
