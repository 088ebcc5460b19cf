// Records of security groups: which packets become one, what it says, and where it goes.
#include "agent/security_log.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "agent/record_file.h"
#include "render/pipeline.h"
#include "rt/asio_loop.h"
#include "support/temp_dir.h"

namespace tarn::agent {
namespace {

namespace json = boost::json;
using render::Punt;
using render::PuntReason;

// 2026-11-29T01:02:03.045Z by `date -u -d 2026-11-29T01:02:03Z +%s`.
class FixedClock final : public rt::Clock {
 public:
  [[nodiscard]] rt::Instant now() const override { return {}; }
  [[nodiscard]] rt::WallTime wall() const override { return {1'795'914'123'045}; }
};

Uuid uuid(std::uint8_t number) {
  Uuid id;
  id.bytes[15] = number;
  return id;
}

// UDP from 10.0.0.1, port 4000, to 10.0.0.2, port 53.
const Bytes frame{0x02, 0, 0, 0,  0,  2, 0x02, 0,  0, 0, 0, 1,  0x08, 0x00, 0x45, 0,    0,    60, 0,
                  0,    0, 0, 64, 17, 0, 0,    10, 0, 0, 1, 10, 0,    0,    2,    0x0f, 0xa0, 0,  53};

struct Log : testing::Test {
  Log() {
    render::Patches patches;
    patches.subjects[port] = render::RecordSubject{"blue", {{uuid(7)}}, {{uuid(8)}, {uuid(9)}}, own_number};
    log.wish_changed(patches);
  }
  // By the port here with the number; 0: from elsewhere.
  static wire::of::PacketIn sent(ByteView bytes, std::uint32_t by = 0) {
    wire::of::PacketIn packet;
    packet.metadata.with(wire::of::FieldValue::number(render::reg::source, by));
    packet.packet.assign(bytes.begin(), bytes.end());
    packet.full_len = 74;
    return packet;
  }
  static constexpr std::uint32_t own_number = 5;
  const PortId port{uuid(1)};
  std::vector<json::object> records;
  FixedClock clock;
  SecurityLog log{clock, "host-1",
                  [this](const std::string& line) { records.push_back(json::parse(line).as_object()); }};
};

TEST_F(Log, ARecordSaysWhatBecameOfThePacketAndWhoAsked) {
  EXPECT_TRUE(log.packet_came({PuntReason::dropped_in, port}, sent(frame)));
  ASSERT_EQ(records.size(), 1U);
  const json::object& record = records.front();
  EXPECT_EQ(record.at("time"), "2026-11-29T01:02:03.045Z");
  EXPECT_EQ(record.at("host"), "host-1");
  EXPECT_EQ(record.at("action"), "DROP");
  EXPECT_EQ(record.at("direction"), "ingress");
  EXPECT_EQ(record.at("port_id"), json::value(port.text()));
  EXPECT_EQ(record.at("project_id"), "blue");
  EXPECT_EQ(record.at("log_resource_ids"), json::value(json::array{uuid(8).text(), uuid(9).text()}));
  const json::value expected{{"eth_src", "02:00:00:00:00:01"},
                             {"eth_dst", "02:00:00:00:00:02"},
                             {"eth_type", "0x0800"},
                             {"bytes", 74U},
                             {"ip_src", "10.0.0.1"},
                             {"ip_dst", "10.0.0.2"},
                             {"ip_proto", 17},
                             {"src_port", 4000},
                             {"dst_port", 53}};
  for (const auto& [key, value] : expected.as_object())
    EXPECT_EQ(json::serialize(record.at("packet").at(key)), json::serialize(value)) << key;
}

TEST_F(Log, EachReasonHasItsWords) {
  for (const auto& [reason, action, direction] : {std::tuple(PuntReason::accepted_in, "ACCEPT", "ingress"),
                                                  std::tuple(PuntReason::accepted_out, "ACCEPT", "egress"),
                                                  std::tuple(PuntReason::dropped_out, "DROP", "egress")}) {
    ASSERT_TRUE(log.packet_came({reason, port}, sent(frame)));
    EXPECT_EQ(records.back().at("action"), action);
    EXPECT_EQ(records.back().at("direction"), direction);
    EXPECT_EQ(records.back().at("log_resource_ids").as_array().size(), std::string(action) == "DROP" ? 2U : 1U);
  }
  EXPECT_EQ(log.recorded(), 3U);
}

TEST_F(Log, WhatNobodyAsksForAnyMoreIsNoRecord) {
  render::Patches patches;
  patches.subjects[port] = render::RecordSubject{"blue", {}, {{uuid(8)}}, own_number};
  log.wish_changed(patches);
  EXPECT_FALSE(log.packet_came({PuntReason::accepted_in, port}, sent(frame)));
  patches.subjects[port] = std::nullopt;
  log.wish_changed(patches);
  EXPECT_FALSE(log.packet_came({PuntReason::dropped_in, port}, sent(frame)));
  EXPECT_FALSE(log.packet_came({PuntReason::dropped_in, {uuid(2)}}, sent(frame)));
  EXPECT_TRUE(records.empty());
}

// A broadcast is judged for all ports of a policy at once, whoever of them sent it.
TEST_F(Log, WhatAPortSendsItDoesNotGet) {
  EXPECT_FALSE(log.packet_came({PuntReason::dropped_in, port}, sent(frame, own_number)));
  EXPECT_TRUE(log.packet_came({PuntReason::dropped_in, port}, sent(frame, own_number + 1)));
  EXPECT_TRUE(log.packet_came({PuntReason::dropped_out, port}, sent(frame, own_number)));
  EXPECT_EQ(records.size(), 2U);
}

TEST_F(Log, AFrameWithoutAHeaderIsNoRecord) {
  EXPECT_FALSE(log.packet_came({PuntReason::dropped_in, port}, sent(ByteView(frame).first(13))));
}

struct Lines : testing::Test {
  std::string read() const {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  test::TempDir folder;
  const std::string path = folder.file("security.log");
  rt::AsioLoop loop;
  std::vector<std::string> warnings;
};

TEST_F(Lines, EachIsAppendedAlsoWhenTheFileWasMovedAway) {
  RecordFile(loop, path, {}).append("first");
  RecordFile(loop, path, {}).append("second");
  EXPECT_EQ(read(), "first\nsecond\n");
  std::filesystem::rename(path, path + ".1");
  RecordFile(loop, path, {}).append("third");
  EXPECT_EQ(read(), "third\n");
}

TEST_F(Lines, WhatCannotBeWrittenIsCountedAndToldOnce) {
  RecordFile file(loop, folder.file("nowhere/security.log"),
                  [&](std::string why) { warnings.push_back(std::move(why)); });
  file.append("one");
  file.append("two");
  const rt::TimerHandle limit = loop.after(std::chrono::seconds(10), [&] { loop.stop(); });
  std::function<void()> look = [&] { file.lost() == 2 ? loop.stop() : loop.post(look); };
  loop.post(look);
  loop.run();
  EXPECT_EQ(file.lost(), 2U);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings.front().find("No such file"), std::string::npos) << warnings.front();
}

}  // namespace
}  // namespace tarn::agent
