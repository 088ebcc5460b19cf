// The OVSDB session against a scripted server: what is asked, what is believed, what a broken line means.
#include "wire/ovsdb/session.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tarn::wire::ovsdb {
namespace {

namespace json = boost::json;

const Uuid row_a = *Uuid::parse("00000000-0000-4000-8000-00000000000a");
const Uuid row_b = *Uuid::parse("00000000-0000-4000-8000-00000000000b");

const std::string schema = R"({"version":"1.0","tables":{"Port":{"columns":{
    "name":{"type":"string"},"tag":{"type":{"key":"integer","min":0,"max":1}},
    "peers":{"type":{"key":"integer","min":0,"max":"unlimited"}},
    "ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}}}})";

// Plays the server: remembers what the session asked, answers by text.
class Server {
 public:
  Server() { session.on_connected(); }

  Status say(const std::string& text) {
    const Status done = session.on_bytes({reinterpret_cast<const Byte*>(text.data()), text.size()});
    for (Event& event : session.take_events()) events.push_back(std::move(event));
    return done;
  }
  // The next request: its method and params; `id` is kept for the answer.
  json::object heard() {
    const Bytes bytes = session.take_output();
    unread += std::string(bytes.begin(), bytes.end());
    if (unread.empty()) return {};
    json::stream_parser parser;
    unread.erase(0, parser.write_some(unread));
    json::object request = parser.release().get_object();
    if (request.contains("id")) id = request["id"];
    return request;
  }
  Status answer(const std::string& result, const std::string& error = "null") {
    return say(R"({"id":)" + json::serialize(id) + R"(,"result":)" + result + R"(,"error":)" + error + "}");
  }
  Status update(const std::string& last, const std::string& rows) {
    return say(R"({"id":null,"method":"update3","params":["tarn",")" + last + R"(",{"Port":{)" + rows + "}}]}");
  }
  void go_live(const std::string& rows = {}) {
    EXPECT_EQ(heard()["method"], "get_schema");
    ASSERT_TRUE(answer(schema));
    EXPECT_EQ(heard()["method"], "monitor_cond_since");
    ASSERT_TRUE(answer(R"([false,"11111111-0000-0000-0000-000000000000",{"Port":{)" + rows + "}}]"));
  }
  void reconnect() {
    session.on_disconnected();
    for (Event& event : session.take_events()) events.push_back(std::move(event));
    session.on_connected();
    unread.clear();
  }
  [[nodiscard]] const Row& row(const Uuid& uuid) const { return *session.replica()->find("Port", uuid); }

  Session session{"db", {{"Port", {"name", "tag", "peers", "ids", "unknown"}}}};
  std::vector<Event> events;
  json::value id;
  std::string unread;
};

std::string a(const std::string& change) {
  return "\"" + row_a.text() + "\":" + change;
}
std::string b(const std::string& change) {
  return "\"" + row_b.text() + "\":" + change;
}

TEST(OvsdbSession, AsksForTheSchemaThenForTheKnownColumns) {
  Server server;
  EXPECT_EQ(json::serialize(server.heard()["params"]), R"(["db"])");
  ASSERT_TRUE(server.answer(schema));
  const json::object request = server.heard();
  EXPECT_EQ(json::serialize(request.at("params")),
            R"(["db","tarn",{"Port":[{"columns":["ids","name","peers","tag"]}]},)"
            R"("00000000-0000-0000-0000-000000000000"])");
  EXPECT_EQ(server.session.replica(), nullptr);
}

TEST(OvsdbSession, ShowsARowWithEveryColumnThoughDefaultsAreNotSent) {
  Server server;
  server.go_live(a(R"({"initial":{"name":"p","surprise":5}})"));
  EXPECT_EQ(server.row(row_a), (Row{{"name", Datum::of(std::string("p"))},
                                    {"tag", Datum()},
                                    {"peers", Datum()},
                                    {"ids", Datum::map(AtomMap())}}));
  const auto& changed = std::get<Changed>(server.events.at(0));
  EXPECT_TRUE(changed.became_whole);
  ASSERT_EQ(changed.changes.size(), 1U);
  EXPECT_FALSE(changed.changes[0].before);
}

// ovsdb-server(7) section 4.1.14: single values are given anew, sets and maps by their difference.
TEST(OvsdbSession, FoldsDifferencesAsTheManualDefinesThem) {
  Server server;
  server.go_live(a(R"({"initial":{"name":"p","tag":5,"peers":["set",[1,2]],"ids":["map",[["k","1"],["l","2"]]]}})"));
  ASSERT_TRUE(server.update("22222222-0000-0000-0000-000000000000", a(R"({"modify":{"tag":6,"peers":["set",[2,3]],
      "ids":["map",[["k","9"],["l","2"],["m","3"]]]}})")));
  EXPECT_EQ(column_of(server.row(row_a), "tag").integer(), 6);
  EXPECT_EQ(column_of(server.row(row_a), "peers"), Datum::set({std::int64_t{1}, std::int64_t{3}}));
  EXPECT_EQ(column_of(server.row(row_a), "ids").strings(), (StringMap{{"k", "9"}, {"m", "3"}}));
  ASSERT_TRUE(server.update("33333333-0000-0000-0000-000000000000",
                            a(R"({"modify":{"tag":["set",[]],"peers":1}})") + "," + b(R"({"insert":{"name":"q"}})")));
  EXPECT_FALSE(column_of(server.row(row_a), "tag").integer().has_value());
  EXPECT_EQ(column_of(server.row(row_a), "peers"), Datum::of(std::int64_t{3}));
  ASSERT_TRUE(server.update("44444444-0000-0000-0000-000000000000", a(R"({"delete":null})")));
  EXPECT_EQ(server.session.replica()->table("Port").size(), 1U);
}

TEST(OvsdbSession, ResumesFromTheLastTransactionAndKeepsItsPicture) {
  Server server;
  server.go_live(a(R"({"initial":{"name":"p"}})"));
  ASSERT_TRUE(server.update("22222222-0000-0000-0000-000000000000", a(R"({"modify":{"tag":6}})")));
  server.reconnect();
  EXPECT_EQ(server.session.replica(), nullptr) << "a broken line shows no picture";
  server.heard();
  ASSERT_TRUE(server.answer(schema));
  EXPECT_EQ(server.heard()["params"].at(3), "22222222-0000-0000-0000-000000000000");
  ASSERT_TRUE(server.answer(R"([true,"33333333-0000-0000-0000-000000000000",{"Port":{)" +
                            b(R"({"insert":{"name":"q"}})") + "}}]"));
  EXPECT_EQ(server.session.replica()->table("Port").size(), 2U);
  EXPECT_EQ(column_of(server.row(row_a), "tag").integer(), 6);
  EXPECT_TRUE(std::get<Changed>(server.events.back()).resumed);
  EXPECT_EQ(std::get<Changed>(server.events.back()).changes.size(), 1U);
}

TEST(OvsdbSession, DropsItsPictureWhenTheServerCannotResume) {
  Server server;
  server.go_live(a(R"({"initial":{"name":"p"}})") + "," + b(R"({"initial":{"name":"q"}})"));
  server.reconnect();
  server.go_live(b(R"({"initial":{"name":"changed"}})"));
  EXPECT_EQ(server.session.replica()->table("Port").size(), 1U);
  const auto& changed = std::get<Changed>(server.events.back());
  EXPECT_FALSE(changed.resumed);
  ASSERT_EQ(changed.changes.size(), 2U) << "one row changed, one went, and both are told";
}

TEST(OvsdbSession, FallsBackToMonitorCondForOlderServers) {
  Server server;
  server.heard();
  ASSERT_TRUE(server.answer(schema));
  server.heard();
  ASSERT_TRUE(server.answer("null", R"("unknown method")"));
  const json::object request = server.heard();
  EXPECT_EQ(request.at("method"), "monitor_cond");
  EXPECT_EQ(request.at("params").get_array().size(), 3U);
  ASSERT_TRUE(server.answer(R"({"Port":{)" + a(R"({"initial":{"name":"p"}})") + "}}"));
  ASSERT_TRUE(server.say(R"({"method":"update2","id":null,"params":["tarn",{"Port":{)" + a(R"({"modify":{"tag":1}})") +
                         "}}]}"));
  EXPECT_EQ(column_of(server.row(row_a), "tag").integer(), 1);
}

TEST(OvsdbSession, AnUpdateThatDoesNotFitChangesNothingAndForcesAFreshListing) {
  for (const std::string& bad : {a(R"({"modify":{"tag":1}})") + "," + b(R"({"delete":null})"), a(R"({"insert":{}})"),
                                 a(R"({"modify":{"tag":"x"}})"), a("{}"), a("5"), a(R"({"morph":{}})"),
                                 std::string(R"("no-uuid":{"insert":{}})")}) {
    Server server;
    server.go_live(a(R"({"initial":{"name":"p"}})"));
    const Row before = server.row(row_a);
    ASSERT_FALSE(server.update("22222222-0000-0000-0000-000000000000", bad).has_value()) << bad;
    EXPECT_EQ(server.row(row_a), before) << bad;
    server.reconnect();
    server.heard();
    ASSERT_TRUE(server.answer(schema));
    EXPECT_EQ(server.heard()["params"].at(3), "00000000-0000-0000-0000-000000000000") << bad;
  }
}

TEST(OvsdbSession, MatchesRepliesByIdInAnyOrder) {
  Server server;
  server.go_live();
  const auto first = server.session.transact({Comment{"one"}});
  const auto second = server.session.transact({Comment{"two"}});
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(server.say(R"({"id":)" + std::to_string(*second) + R"(,"result":[{}],"error":null})"));
  ASSERT_TRUE(server.say(R"({"id":)" + std::to_string(*first) + R"(,"result":[{"error":"timed out"}],"error":null})"));
  EXPECT_EQ(std::get<Replied>(server.events.at(1)).id, *second);
  EXPECT_TRUE(std::get<Replied>(server.events.at(1)).result.has_value());
  EXPECT_EQ(std::get<Replied>(server.events.at(2)).result.error().code, ErrorCode::stale);
}

TEST(OvsdbSession, TellsWhichTransactionsABrokenLineLeftInDoubt) {
  Server server;
  server.go_live();
  const auto asked = server.session.transact({Comment{"one"}});
  server.reconnect();
  EXPECT_EQ(std::get<Lost>(server.events.back()).id, *asked);
  server.go_live();
  // A reply that comes all the same belongs to nobody.
  ASSERT_TRUE(server.say(R"({"id":)" + std::to_string(*asked) + R"(,"result":[{}],"error":null})"));
  EXPECT_TRUE(std::holds_alternative<Changed>(server.events.back()));
}

TEST(OvsdbSession, BoundsTheTransactionsUnderWay) {
  Server server;
  server.go_live();
  for (std::size_t i = 0; i < transactions_outstanding_max; ++i) ASSERT_TRUE(server.session.transact({}).has_value());
  EXPECT_EQ(server.session.transact({}).error().code, ErrorCode::exhausted);
}

TEST(OvsdbSession, AnswersAnEchoAndSendsOneToASilentServer) {
  Server server;
  server.go_live();
  ASSERT_TRUE(server.say(R"({"id":"echo","method":"echo","params":["x"]})"));
  EXPECT_EQ(json::serialize(server.heard()), R"({"result":["x"],"error":null,"id":"echo"})");
  ASSERT_TRUE(server.session.on_tick());
  EXPECT_TRUE(server.heard().empty());
  ASSERT_TRUE(server.session.on_tick());
  EXPECT_EQ(server.heard()["method"], "echo");
  ASSERT_TRUE(server.answer("[]"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(server.session.on_tick());
  EXPECT_EQ(server.session.on_tick().error().code, ErrorCode::unavailable);
}

// The whole conversation of a connection, cut at every byte: the events are the same.
TEST(OvsdbSession, SeesTheSameWhereverTheBytesAreCut) {
  const std::string listing =
      R"({"id":2,"error":null,"result":[false,"11111111-0000-0000-0000-000000000000",{"Port":{)" +
      a(R"({"initial":{"name":"p"}})") + "}}]}";
  const std::string update =
      R"({"id":null,"method":"update3","params":["tarn","2",{"Port":{)" + a(R"({"modify":{"tag":6}})") + "}}]}";
  const std::string all = R"({"id":1,"error":null,"result":)" + schema + "}" + listing + update;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    Server server;
    ASSERT_TRUE(server.say(all.substr(0, cut)));
    ASSERT_TRUE(server.say(all.substr(cut)));
    ASSERT_EQ(server.events.size(), 2U) << cut;
    ASSERT_EQ(column_of(server.row(row_a), "tag").integer(), 6);
  }
}

// Any one byte of the conversation replaced: an error or a picture, never a crash.
TEST(OvsdbSession, SurvivesEveryDamagedByte) {
  const std::string all = R"({"id":1,"error":null,"result":)" + schema +
                          R"(}{"id":2,"error":null,"result":[false,"1",{"Port":{)" + a(R"({"initial":{"name":"p"}})") +
                          R"(}}]}{"id":7,"result":[{"count":1}],"error":null})";
  std::size_t refused = 0;
  for (std::size_t at = 0; at < all.size(); ++at) {
    for (const char damage : {'\0', '"', '{', ']', '5', 'x', ','}) {
      std::string damaged = all;
      damaged[at] = damage;
      Server server;
      if (!server.say(damaged)) ++refused;
      server.session.on_disconnected();
      EXPECT_EQ(server.session.replica(), nullptr);
    }
  }
  EXPECT_GT(refused, all.size());
}

}  // namespace
}  // namespace tarn::wire::ovsdb
