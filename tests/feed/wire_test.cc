// Each message means the same after the wire; what is no message is told apart from it.
#include "feed/feed_wire.h"

#include "feed/clouds.h"

namespace tarn::feed {
namespace {

template <class Message>
Message through(const ToServer& message) {
  const auto read = decode_from_agent(encode(message));
  EXPECT_TRUE(read.has_value());
  return std::get<Message>(*read);
}
template <class Message>
Message through(const ToAgent& message) {
  const auto read = decode_from_server(encode(message));
  EXPECT_TRUE(read.has_value());
  return std::get<Message>(*read);
}

TEST(FeedWire, CarriesEveryMessageUnchanged) {
  const NodeFacts facts{"host-1", "1.2", "10.0.0.1", {{"physnet1", "br-ex"}, {"b", ""}}, -5, true};
  const Hello hello{{1, 2}, facts, {{"port/a", {7, 0xfedcba9876543210U}}, {"node/\xc3\xa9", {0, 0}}}};
  const Hello heard = through<Hello>(ToServer(hello));
  EXPECT_EQ(heard.facts, facts);
  EXPECT_EQ(heard.held, hello.held);
  EXPECT_EQ(heard.protocols.oldest, 1U);
  EXPECT_EQ(heard.protocols.newest, 2U);

  Report report{~0ULL, 0, {}};
  unsigned char number = 0;
  for (const auto status :
       {model::PortStatus::down, model::PortStatus::active, model::PortStatus::build, model::PortStatus::error}) {
    PortId id;
    id.uuid.bytes[3] = ++number;
    report.ports[id] = status;
  }
  EXPECT_EQ(through<Report>(ToServer(report)), report);
  report.failing.reset();
  EXPECT_EQ(through<Report>(ToServer(report)), report) << "failing at 0 and not failing are different";

  EXPECT_EQ(through<Welcome>(ToAgent(Welcome{2})).protocol, 2U);
  EXPECT_EQ(through<Refused>(ToAgent(Refused{"no"})).reason, "no");
  EXPECT_EQ(through<InSync>(ToAgent(InSync{9})).revision, 9U);
  const Update update = through<Update>(ToAgent(Update{{{"peer/x", 3, "{}"}, {"peer/y", 4, ""}}, {"a", "b"}, 5, true}));
  ASSERT_EQ(update.put.size(), 2U);
  EXPECT_EQ(update.put[0].name, "peer/x");
  EXPECT_EQ(update.put[0].version, 3U);
  EXPECT_EQ(update.put[0].body, "{}");
  EXPECT_EQ(update.removed, (std::vector<model::SliceName>{"a", "b"}));
  EXPECT_EQ(update.revision, 5U);
  EXPECT_TRUE(update.more);
}

// The expected bytes follow the protobuf encoding rules (field number << 3 | wire type), written by hand: the numbers
// in feed.proto must never change.
TEST(FeedWire, KeepsItsFieldNumbers) {
  EXPECT_EQ(encode(ToAgent(Welcome{2})), std::string("\x0a\x02\x08\x02", 4));
  EXPECT_EQ(encode(ToAgent(InSync{9})), std::string("\x22\x02\x08\x09", 4));
  EXPECT_EQ(encode(ToAgent(Refused{"no"})), std::string("\x12\x04\x0a\x02no", 6));
  EXPECT_EQ(encode(ToAgent(Update{{{"n", 3, "{}"}}, {"r"}, 5, true})),
            std::string("\x1a\x12\x0a\x09\x0a\x01n\x10\x03\x1a\x02{}\x12\x01r\x18\x05\x20\x01", 20));
  EXPECT_EQ(encode(ToServer(Report{4, 3, {}})), std::string("\x12\x04\x08\x04\x10\x03", 6));
}

TEST(FeedWire, RefusesWhatIsNoMessage) {
  EXPECT_EQ(decode_from_agent("\xff\xff\xff").error().code, ErrorCode::corrupt);
  EXPECT_EQ(decode_from_agent("").error().code, ErrorCode::unsupported);
  EXPECT_EQ(decode_from_server("\x7a\x00").error().code, ErrorCode::corrupt) << "a field without its length";
  EXPECT_EQ(decode_from_server(std::string("\x7a\x00", 2)).error().code, ErrorCode::unsupported) << "a newer kind";
  // Report{ports {"x": ACTIVE}}: field 3 of the report is a map entry of key 1 and value 2.
  EXPECT_EQ(decode_from_agent(std::string("\x12\x07\x1a\x05\x0a\x01x\x10\x02", 9)).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace tarn::feed
