// Meters: bytes both ways, and the connection's part in listing and changing them.
#include <gtest/gtest.h>

#include "wire/openflow/codec.h"
#include "wire/openflow/session_peer.h"

namespace tarn::wire::of {
namespace {

constexpr MeterSpec some_rate{MeterSpec::Unit::kilobits, 1000, 800};
constexpr MeterSpec some_packets{MeterSpec::Unit::packets, 2000, 16};

// OpenFlow 1.5 section 7.3.4.5: command, flags, meter, then one band of type, length, rate, burst, padding.
TEST(Meters, are_added_changed_and_deleted_one_by_one) {
  const Bytes add{6, 29, 0, 32, 0, 0, 0, 9,     // header, xid 9
                  0, 0,  0, 5,  0, 0, 3, 0xe8,  // add, kbps and burst, meter 1000
                  0, 1,  0, 16, 0, 0, 3, 0xe8, 0, 0, 3, 0x20, 0, 0, 0, 0};
  EXPECT_EQ(encode(PutMeter{1000, some_rate, false}, 9), add);
  Bytes change = encode(PutMeter{7, some_packets, true}, 9);
  EXPECT_EQ(change[9], 1);   // modify
  EXPECT_EQ(change[11], 6);  // pktps and burst
  const Bytes gone = encode(DeleteMeter{7}, 9);
  EXPECT_EQ(gone.size(), 16U);
  EXPECT_EQ(gone[9], 2);
}

TEST(Meters, messages_come_back_as_they_were) {
  const Message messages[] = {PutMeter{1, some_rate, false}, PutMeter{2, some_packets, true}, DeleteMeter{3},
                              MeterDescRequest{},
                              MeterDescReply{true, {{4, {some_rate, false}}, {5, {some_packets, false}}}}};
  for (const Message& message : messages) EXPECT_EQ(decode(encode(message, 1))->message, message);
}

TEST(Meters, all_meters_cannot_be_written) {
  for (const std::uint32_t id : {0U, 0xffff0001U, 0xffffffffU}) {
    EXPECT_FALSE(try_encode(DeleteMeter{id}, 1).has_value()) << id;
    EXPECT_FALSE(try_encode(PutMeter{id, some_rate, false}, 1).has_value()) << id;
  }
}

class MeterSession : public SessionPeer {
 protected:
  void SetUp() override { greet(); }
};

TEST_F(MeterSession, a_listing_is_whole_or_none) {
  ASSERT_TRUE(session_.list_meters());
  EXPECT_FALSE(session_.list_meters());
  const auto question = sent();
  ASSERT_EQ(question.size(), 1U);
  ASSERT_TRUE(hear(MeterDescReply{true, {{1, {some_rate, false}}}}, question[0].xid));
  EXPECT_TRUE(session_.take_events().empty());
  ASSERT_TRUE(hear(MeterDescReply{false, {{2, {some_packets, false}}}}, question[0].xid));
  const auto events = session_.take_events();
  ASSERT_EQ(events.size(), 1U);
  const auto& done = std::get<MeterListingDone>(events[0]);
  EXPECT_EQ(done.meters.value(), (MeterListing{{1, {some_rate, false}}, {2, {some_packets, false}}}));
}

TEST_F(MeterSession, a_refused_change_is_refused_alone) {
  ASSERT_TRUE(session_.change_meters({PutMeter{1, some_rate, false}, PutMeter{2, some_rate, false}, DeleteMeter{3}}));
  const auto messages = sent();
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<BarrierRequest>(messages[3].message));
  ASSERT_TRUE(hear(ErrorReply{12, 1, {}}, messages[1].xid));
  EXPECT_TRUE(session_.take_events().empty());
  ASSERT_TRUE(hear(BarrierReply{}, messages[3].xid));
  const auto events = session_.take_events();
  ASSERT_EQ(events.size(), 1U);
  const auto& steps = std::get<MetersDone>(events[0]).steps;
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].verdict, StepVerdict::applied);
  EXPECT_EQ(steps[1].verdict, StepVerdict::refused);
  EXPECT_EQ(steps[2].verdict, StepVerdict::applied);
}

TEST_F(MeterSession, a_change_that_cannot_be_written_is_refused_without_being_sent) {
  ASSERT_TRUE(session_.change_meters({DeleteMeter{0xffffffff}, DeleteMeter{3}}));
  const auto messages = sent();
  ASSERT_EQ(messages.size(), 2U);
  ASSERT_TRUE(hear(BarrierReply{}, messages[1].xid));
  const auto events = session_.take_events();
  const auto& steps = std::get<MetersDone>(events.at(0)).steps;
  EXPECT_EQ(steps.at(0).verdict, StepVerdict::refused);
  EXPECT_EQ(steps.at(1).verdict, StepVerdict::applied);
}

}  // namespace
}  // namespace tarn::wire::of
