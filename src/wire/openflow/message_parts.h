// The bodies of the larger messages, for codec.cc alone. Pure functions, defined in flow_codec.cc, meter_codec.cc and
// packet_codec.cc; they never see a message header.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "wire/openflow/message.h"

namespace tarn::wire::of {

void put_flow_mod(ByteWriter& out, const AddFlow& flow);
void put_flow_mod(ByteWriter& out, const DeleteFlow& flow);
Result<Message> take_flow_mod(ByteReader in);  // OtherMessage for commands and options outside our vocabulary

void put_table_stats(ByteWriter& out, const TableStats& table);
Result<TableStatsReply> take_table_stats(ByteReader in);

void put_flow_desc_request(ByteWriter& out, const FlowDescRequest& request);
Result<Message> take_flow_desc_request(ByteReader in);
void put_flow_desc(ByteWriter& out, const FlowKey& key, const FlowSeen& seen);
Result<FlowDescReply> take_flow_descs(ByteReader in);

void put_port_desc(ByteWriter& out, const PortDesc& port);
Result<PortDescReply> take_port_descs(ByteReader in);

void put_meter_mod(ByteWriter& out, const PutMeter& meter);
void put_meter_mod(ByteWriter& out, const DeleteMeter& meter);
Result<Message> take_meter_mod(ByteReader in);  // OtherMessage for "all meters" and bands outside our vocabulary
void put_meter_desc(ByteWriter& out, std::uint32_t id, const MeterSeen& seen);
Result<MeterDescReply> take_meter_descs(ByteReader in);

void put_packet_in2(ByteWriter& out, const PacketIn& packet);  // NXT_PACKET_IN2's properties
Result<Message> take_packet_in2(ByteReader in);
Result<Message> take_packet_in(ByteReader in);  // OFPT_PACKET_IN
void put_packet_out(ByteWriter& out, const PacketOut& packet);
Result<Message> take_packet_out(ByteReader in);

inline constexpr std::uint8_t type_packet_in = 10;
inline constexpr std::uint8_t type_flow_mod = 14;
inline constexpr std::uint8_t type_multipart_request = 18;
inline constexpr std::uint8_t type_meter_mod = 29;

}  // namespace tarn::wire::of
