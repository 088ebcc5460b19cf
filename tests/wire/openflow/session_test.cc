// The connection machine, fed as a switch would: in pieces, with errors, cut short.
#include "wire/openflow/session.h"

#include "wire/openflow/session_peer.h"

namespace tarn::wire::of {
namespace {

using namespace std::chrono_literals;

FlowKey key_at(std::uint16_t priority) {
  return {1, priority, Match{FieldValue::number(Field::in_port, 3)}};
}

FlowSeen seen_with(std::uint64_t cookie) {
  return {.spec = {.cookie = cookie, .actions = {}, .goto_table = {}}};
}

class OpenflowSession : public SessionPeer {
 protected:
  template <class T>
  std::optional<T> only_event() {
    std::vector<Event> events = session_.take_events();
    if (events.size() != 1 || !std::holds_alternative<T>(events[0])) return std::nullopt;
    return std::get<T>(std::move(events[0]));
  }

  // Commits `count` additions and answers with the transaction ids of what was sent.
  std::vector<std::uint32_t> commit(std::size_t count) {
    std::vector<FlowChange> changes;
    for (std::size_t i = 0; i < count; ++i) changes.emplace_back(AddFlow{key_at(static_cast<std::uint16_t>(i)), {}});
    EXPECT_TRUE(session_.commit(changes).has_value());
    std::vector<std::uint32_t> xids;
    for (const Envelope& envelope : sent()) xids.push_back(envelope.xid);
    EXPECT_EQ(xids.size(), count + 2) << "open, the steps, close";
    return xids;
  }

  // Answers the first question of a listing and takes the next one: its transaction id, and itself in last_question_.
  std::uint32_t ask_after_tables(Token token, std::vector<TableStats> tables) {
    const auto first = sent();
    EXPECT_TRUE(first.size() == 1 && first[0] == (Envelope{token.xid, TableStatsRequest{}}));
    EXPECT_TRUE(hear(TableStatsReply{false, std::move(tables)}, token.xid));
    const auto next = sent();
    EXPECT_EQ(next.size(), 1U);
    if (next.size() != 1) return 0;
    last_question_ = std::get<FlowDescRequest>(next[0].message);
    return next[0].xid;
  }

  FlowDescRequest last_question_;
};

TEST_F(OpenflowSession, GreetsWith15AndAsksWhoTheSwitchIs) {
  const auto hello = sent();
  ASSERT_EQ(hello.size(), 1U);
  EXPECT_EQ(hello[0].message, Message(Hello{}));
  ASSERT_TRUE(hear(Hello{0x06, 0x72}, 1));
  EXPECT_FALSE(session_.ready());
  const auto asked = sent();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[0].message, Message(SetConfig{})) << "or no packet ever comes";
  EXPECT_EQ(asked[1].message, Message(SetPacketInFormat{}));
  EXPECT_EQ(asked[2].message, Message(FeaturesRequest{}));
  ASSERT_TRUE(hear(FeaturesReply{42, 254, 0}, asked[2].xid));
  EXPECT_EQ(only_event<Ready>().value().datapath_id, 42U);
}

TEST_F(OpenflowSession, RefusesASwitchWithout15AndSaysWhatToDo) {
  for (const Hello& hello : {Hello{0x05, 0}, Hello{0x05, 0x32}, Hello{0x07, 0x80}}) {
    Session session;
    const Status heard = session.on_bytes(encode(hello, 1));
    ASSERT_FALSE(heard.has_value());
    EXPECT_EQ(heard.error().code, ErrorCode::unsupported);
    EXPECT_NE(heard.error().message.find("OpenFlow15"), std::string::npos);
  }
}

TEST_F(OpenflowSession, TakesTheStreamInAnyPieces) {
  sent();
  Bytes stream = encode(Hello{}, 1);
  const Bytes features = encode(FeaturesReply{7, 1, 0}, 2);
  stream.insert(stream.end(), features.begin(), features.end());
  for (const Byte byte : stream) ASSERT_TRUE(session_.on_bytes(ByteView(&byte, 1)));
  EXPECT_EQ(only_event<Ready>().value().datapath_id, 7U);
}

TEST_F(OpenflowSession, AsksNothingOfASwitchThatIsNotReady) {
  EXPECT_EQ(session_.list_flows().error().code, ErrorCode::unavailable);
  EXPECT_EQ(session_.commit({}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(session_.packet_out({Output{1}}, {}).error().code, ErrorCode::unavailable);
}

TEST_F(OpenflowSession, ListsNothingUntilTheLastPartArrived) {
  greet();
  const Token token = session_.list_flows().value();
  EXPECT_EQ(session_.list_flows().error().code, ErrorCode::conflict);
  const std::uint32_t question = ask_after_tables(token, {{.table = 1, .flows = 2}});
  ASSERT_TRUE(hear(FlowDescReply{true, {{key_at(1), seen_with(1)}}}, question));
  ASSERT_TRUE(hear(FlowDescReply{true, {{key_at(9), seen_with(9)}}}, question + 50)) << "not asked for";
  EXPECT_TRUE(session_.take_events().empty());
  ASSERT_TRUE(hear(FlowDescReply{false, {{key_at(2), seen_with(2)}}}, question));
  const auto done = only_event<ListingDone>();
  ASSERT_TRUE(done && done->flows);
  EXPECT_EQ(done->token, token);
  EXPECT_EQ(*done->flows, (FlowListing{{key_at(1), seen_with(1)}, {key_at(2), seen_with(2)}}));
}

// Two tables, one in four slices and one whole: five questions, each after the end of the answer before it.
TEST_F(OpenflowSession, AsksForLargeTablesInSlicesAndEndsWithTheLastOne) {
  greet();
  const Token token = session_.list_flows().value();
  std::uint32_t question =
      ask_after_tables(token, {{.table = 3}, {.table = 4, .flows = 2000}, {.table = 9, .flows = 1}});
  std::vector<FlowDescRequest> asked{last_question_};
  for (std::uint16_t answer = 0; answer < 5; ++answer) {
    EXPECT_TRUE(session_.take_events().empty()) << answer << " answers of 5 are no listing";
    ASSERT_TRUE(hear(FlowDescReply{true, {{key_at(answer), seen_with(answer)}}}, question));
    EXPECT_TRUE(sent().empty()) << "this answer has not ended";
    ASSERT_TRUE(hear(FlowDescReply{false, {}}, question));
    const auto next = sent();
    ASSERT_EQ(next.size(), answer < 4 ? 1U : 0U);
    if (next.empty()) break;
    question = next[0].xid;
    asked.push_back(std::get<FlowDescRequest>(next[0].message));
  }
  EXPECT_EQ(asked, (std::vector<FlowDescRequest>{{4, 0, 3}, {4, 1, 3}, {4, 2, 3}, {4, 3, 3}, {9, 0, 0}}));
  const auto done = only_event<ListingDone>();
  ASSERT_TRUE(done && done->flows);
  EXPECT_EQ(done->token, token);
  EXPECT_EQ(done->flows->size(), 5U);
}

TEST_F(OpenflowSession, AsksForLargerAnswersOfASwitchThatTakesLongOverEachTurn) {
  using namespace std::chrono_literals;
  const auto slices_after = [](std::chrono::nanoseconds turn) {
    Session session;
    EXPECT_TRUE(session.on_bytes(encode(Hello{}, 1)));
    EXPECT_TRUE(session.on_bytes(encode(FeaturesReply{}, 2)));
    session.time_is(100s);
    const Token token = session.list_flows().value();
    session.time_is(100s + turn);
    static_cast<void>(session.take_output());
    EXPECT_TRUE(session.on_bytes(encode(TableStatsReply{false, {{.table = 4, .flows = 64'000}}}, token.xid)));
    const Bytes asked = session.take_output();
    const auto question = decode(asked);
    EXPECT_TRUE(question.has_value());
    return std::get<FlowDescRequest>(question->message).mask + 1;
  };
  // 512 flows at least and 2,048 at most, and between them as many as are answered in as long a time, at 4 us each.
  EXPECT_EQ(slices_after(0ms), 64U) << "which is the most there are: of 1,000 flows each";
  EXPECT_EQ(slices_after(8200us), 32U) << "of 2,000";
  EXPECT_EQ(slices_after(10s), 32U);
}

TEST_F(OpenflowSession, EndsAListingThatTheSwitchRefuses) {
  greet();
  const Token token = session_.list_flows().value();
  ASSERT_TRUE(hear(ErrorReply{1, 5, {}}, token.xid));
  const auto done = only_event<ListingDone>();
  ASSERT_TRUE(done && !done->flows);
  EXPECT_EQ(done->flows.error().message, "the switch refuses: bad request: permission denied");
  EXPECT_TRUE(session_.list_flows().has_value());
}

TEST_F(OpenflowSession, HandsOutNothingOfAListingRefusedHalfway) {
  greet();
  const Token token = session_.list_flows().value();
  const std::uint32_t first = ask_after_tables(token, {{.table = 4, .flows = 1000}});
  ASSERT_TRUE(hear(FlowDescReply{false, {{key_at(1), seen_with(1)}}}, first));
  const auto second = sent();
  ASSERT_EQ(second.size(), 1U);
  ASSERT_TRUE(hear(ErrorReply{1, 5, {}}, second[0].xid));
  const auto done = only_event<ListingDone>();
  ASSERT_TRUE(done && !done->flows);
  EXPECT_EQ(done->token, token);
  EXPECT_TRUE(session_.list_flows().has_value());
}

TEST_F(OpenflowSession, TakesNoAnswerForAnother) {
  greet();
  const Token token = session_.list_flows().value();
  ASSERT_TRUE(hear(FlowDescReply{false, {}}, token.xid));
  EXPECT_TRUE(session_.take_events().empty()) << "the tables were asked for, and \"no flows\" is no answer to that";
  const std::uint32_t question = ask_after_tables(token, {{.table = 4, .flows = 1}});
  ASSERT_TRUE(hear(TableStatsReply{false, {{.table = 5}}}, question));
  ASSERT_TRUE(hear(FlowDescReply{false, {{key_at(7), seen_with(7)}}}, token.xid));
  EXPECT_TRUE(sent().empty());
  EXPECT_TRUE(session_.take_events().empty());
  ASSERT_TRUE(hear(FlowDescReply{false, {{key_at(1), seen_with(1)}}}, question));
  EXPECT_EQ(only_event<ListingDone>().value().flows.value(), (FlowListing{{key_at(1), seen_with(1)}}));
}

TEST_F(OpenflowSession, ListsNoSwitchThatDoesNotNameItsTables) {
  greet();
  Token token = session_.list_flows().value();
  ASSERT_TRUE(hear(TableStatsReply{}, token.xid));
  EXPECT_FALSE(only_event<ListingDone>().value().flows.has_value());
  sent();
  token = session_.list_flows().value();
  sent();
  ASSERT_TRUE(hear(TableStatsReply{true, {{.table = 1, .flows = 1}}}, token.xid));
  EXPECT_TRUE(sent().empty()) << "more tables follow";
  ASSERT_TRUE(hear(TableStatsReply{false, {{.table = 2, .flows = 1000}}}, token.xid));
  EXPECT_EQ(sent()[0].message, Message(FlowDescRequest{1, 0, 0}));
}

TEST_F(OpenflowSession, CommitsOnlyAfterTheSwitchHasReadEveryStep) {
  greet();
  const auto xids = commit(3);
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::open_reply}, xids[0]));
  EXPECT_TRUE(sent().empty());
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::close_reply}, xids[4]));
  const auto commit = sent();
  ASSERT_EQ(commit.size(), 1U);
  EXPECT_EQ(commit[0].message, Message(BundleControl{1, BundleStep::commit_request}));
  EXPECT_TRUE(session_.take_events().empty()) << "not acknowledged yet";
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::commit_reply}, commit[0].xid));
  const auto done = only_event<BundleDone>().value();
  EXPECT_EQ(done.token.xid, xids[0]);
  ASSERT_EQ(done.steps.size(), 3U);
  for (const auto& step : done.steps) EXPECT_EQ(step.verdict, StepVerdict::applied);
}

TEST_F(OpenflowSession, DropsABundleWithARefusedStepAndNamesTheStep) {
  greet();
  const auto xids = commit(3);
  ASSERT_TRUE(hear(ErrorReply{2, 10, {}}, xids[2]));
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::close_reply}, xids[4]));
  const auto discard = sent();
  ASSERT_EQ(discard.size(), 1U);
  EXPECT_EQ(discard[0].message, Message(BundleControl{1, BundleStep::discard_request}));
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::discard_reply}, discard[0].xid));
  const auto done = only_event<BundleDone>().value();
  EXPECT_EQ(done.steps[0].verdict, StepVerdict::left_out);
  EXPECT_EQ(done.steps[1].verdict, StepVerdict::refused);
  EXPECT_EQ(done.steps[1].why.message, "the switch refuses: bad action: match inconsistent");
  EXPECT_EQ(done.steps[2].verdict, StepVerdict::left_out);
}

TEST_F(OpenflowSession, NamesTheStepThatFailsAtTheCommit) {
  greet();
  const auto xids = commit(2);
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::close_reply}, xids[3]));
  const auto commit = sent();
  ASSERT_TRUE(hear(ErrorReply{5, 1, {}}, xids[1]));
  ASSERT_TRUE(hear(ErrorReply{17, 13, {}}, commit[0].xid));
  const auto done = only_event<BundleDone>().value();
  EXPECT_EQ(done.steps[0].verdict, StepVerdict::refused);
  EXPECT_EQ(done.steps[0].why.code, ErrorCode::exhausted);
  EXPECT_EQ(done.steps[1].verdict, StepVerdict::left_out);
}

TEST_F(OpenflowSession, RefusesEveryStepOfABundleThatCannotBeOpened) {
  greet();
  const auto xids = commit(2);
  ASSERT_TRUE(hear(ErrorReply{17, 5, {}}, xids[0]));
  const auto done = only_event<BundleDone>().value();
  for (const auto& step : done.steps) {
    EXPECT_EQ(step.verdict, StepVerdict::refused);
    EXPECT_EQ(step.why.message, "the switch refuses: bundle failed: out of bundles");
  }
}

TEST_F(OpenflowSession, RefusesAStepThatCannotBeWrittenWithoutTheOthers) {
  greet();
  FlowSpec huge{
      .cookie = 1, .actions = {Controller{.max_len = 1, .userdata = Bytes(70'000), .meter = 0}}, .goto_table = {}};
  ASSERT_TRUE(session_.commit({AddFlow{key_at(1), huge}, AddFlow{key_at(2), {}}}).has_value());
  const auto messages = sent();
  ASSERT_EQ(messages.size(), 3U);
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::close_reply}, messages[2].xid));
  ASSERT_TRUE(hear(BundleControl{1, BundleStep::commit_reply}, sent()[0].xid));
  const auto done = only_event<BundleDone>().value();
  EXPECT_EQ(done.steps[0].verdict, StepVerdict::refused);
  EXPECT_EQ(done.steps[1].verdict, StepVerdict::applied);
}

TEST_F(OpenflowSession, HoldsNoMoreThanItsBounds) {
  SessionBounds bounds;
  bounds.output_bytes_max = 400;
  bounds.bundle_steps_max = 2;
  Session session(bounds);
  static_cast<void>(session.take_output());
  ASSERT_TRUE(session.on_bytes(encode(Hello{}, 1)));
  ASSERT_TRUE(session.on_bytes(encode(FeaturesReply{}, 2)));
  const std::vector<FlowChange> three(3, FlowChange(AddFlow{key_at(1), {}}));
  EXPECT_EQ(session.commit(three).error().code, ErrorCode::exhausted);
  EXPECT_EQ(session.packet_out({Output{1}}, Bytes(1000)).error().code, ErrorCode::exhausted);
  EXPECT_TRUE(session.packet_out({Output{1}}, Bytes(100)).has_value());
}

TEST_F(OpenflowSession, HandsOnPacketsAndSendsThem) {
  greet();
  PacketIn packet;
  packet.metadata = Match{FieldValue::number(Field::in_port, 5)};
  packet.full_len = 3;
  packet.packet = {1, 2, 3};
  ASSERT_TRUE(hear(packet, 0));
  EXPECT_EQ(only_event<PacketIn>().value().in_port(), 5U);
  ASSERT_TRUE(session_.packet_out({Output{4}, Output{5}}, Bytes{9, 9}).has_value());
  EXPECT_EQ(sent()[0].message, Message(PacketOut{port_controller, {Output{4}, Output{5}}, {9, 9}}));
}

TEST_F(OpenflowSession, AnswersEchoesAndNoticesSilence) {
  greet();
  ASSERT_TRUE(hear(EchoRequest{{1, 2, 3}}, 99));
  EXPECT_EQ(sent()[0], (Envelope{99, EchoReply{{1, 2, 3}}}));
  ASSERT_TRUE(session_.on_tick(100s));
  ASSERT_TRUE(session_.on_tick(104s));
  EXPECT_TRUE(sent().empty());
  ASSERT_TRUE(session_.on_tick(106s));
  EXPECT_EQ(sent()[0].message, Message(EchoRequest{}));
  ASSERT_TRUE(session_.on_tick(112s));
  EXPECT_TRUE(sent().empty()) << "one question is enough";
  ASSERT_TRUE(hear(EchoReply{}, 1));
  ASSERT_TRUE(session_.on_tick(131s));
  EXPECT_FALSE(session_.on_tick(161s).has_value());
}

TEST_F(OpenflowSession, EndsOnBrokenFraming) {
  greet();
  EXPECT_FALSE(session_.on_bytes(Bytes{6, 2, 0, 4, 0, 0, 0, 1}).has_value());
}

}  // namespace
}  // namespace tarn::wire::of
