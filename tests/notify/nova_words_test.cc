// Nova's words: what it is sent, and what its answers mean.
#include "notify/nova_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "things.h"

namespace tarn::notify {
namespace {

using api::Peer;
using test::event;
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<Event> three{event(EventName::vif_plugged, 1), event(EventName::network_changed, 2),
                               event(EventName::vif_deleted, 3)};

Reading read(unsigned status, const std::string& body) {
  return read_answer(three, Peer::Answer{status, {}, body});
}
std::vector<Verdict> verdicts(const Reading& reading) {
  std::vector<Verdict> all;
  for (const Judged& judged : std::get<std::vector<Judged>>(reading)) all.push_back(judged.verdict);
  return all;
}
std::string said(const Event& event, int code) {
  return R"({"name":")" + std::string(word(event.name)) + R"(","server_uuid":")" + event.server.text() +
         R"(","tag":")" + event.port.text() + R"(","status":"x","code":)" + std::to_string(code) + "}";
}

// As in the API reference's example, microversion 2.1.
TEST(WordsForNova, AreThoseOfItsApi) {
  EXPECT_EQ(boost::json::parse(request_body(std::vector{event(EventName::vif_plugged, 1, true), three[1]})),
            boost::json::parse(R"({"events":[{"name":"network-vif-plugged","server_uuid":")" + test::server(1).text() +
                               R"(","status":"failed","tag":")" + test::port_id(1).text() +
                               R"("},{"name":"network-changed","server_uuid":")" + test::server(2).text() +
                               R"(","tag":")" + test::port_id(2).text() + R"("}]})"));
  EXPECT_THAT(request_body(three), HasSubstr(R"("status":"completed")"));
}

TEST(AnswersOfNova, JudgeEachEventByItsCode) {
  using enum Verdict;
  const auto answer = [](int first, int second, int third) {
    // In another order than they were sent.
    return R"({"events":[)" + said(three[2], third) + "," + said(three[0], first) + "," + said(three[1], second) + "]}";
  };
  EXPECT_THAT(verdicts(read(200, answer(200, 200, 200))), ElementsAre(acknowledged, acknowledged, acknowledged));
  EXPECT_THAT(verdicts(read(207, answer(422, 404, 200))), ElementsAre(later, unknown, acknowledged));
  EXPECT_THAT(verdicts(read(207, answer(400, 500, 403))), ElementsAre(refused, later, refused));
  EXPECT_THAT(verdicts(read(207, R"({"events":[)" + said(three[1], 200) + R"(,7,{"code":200},{"code":"200"}]})")),
              ElementsAre(later, acknowledged, later))
      << "what it does not name is not acknowledged";
}

TEST(AnswersOfNova, MayRefuseABatchOrSayNothingOfIt) {
  EXPECT_TRUE(std::holds_alternative<Bad>(read(400, R"({"badRequest":{"code":400}})")));
  for (const unsigned status : {201U, 300U, 401U, 403U, 404U, 413U, 429U, 500U, 503U})
    EXPECT_TRUE(std::holds_alternative<Trouble>(read(status, R"({"events":[]})"))) << status;
  for (const char* body : {"", "<html>", "7", "[]", "{}", R"({"events":7})"})
    EXPECT_TRUE(std::holds_alternative<Trouble>(read(200, body))) << body;
  const Reading away = read_answer(three, fail(ErrorCode::unavailable, "nobody listens"));
  EXPECT_EQ(std::get<Trouble>(away).why, "nobody listens");
}

// Older releases answer so when they take no event, be it for 404 or for 422. A wrong path is another 404.
TEST(AnswersOfNova, MayBeThatItTakesNoneOfThem) {
  const char* none = R"({"itemNotFound":{"message":"No instances found for any event","code":404}})";
  EXPECT_THAT(verdicts(read(404, none)), ElementsAre(Verdict::later, Verdict::later, Verdict::later));
  EXPECT_TRUE(std::holds_alternative<Trouble>(
      read(404, R"({"itemNotFound":{"message":"The resource could not be found.","code":404}})")));
}

TEST(AnswersOfNova, AreQuotedInOneLine) {
  const Reading odd = read(500, "a\nb" + std::string(10'000, 'x'));
  EXPECT_THAT(std::get<Trouble>(odd).why, HasSubstr("HTTP 500: a b"));
  EXPECT_LT(std::get<Trouble>(odd).why.size(), 300U);
}

}  // namespace
}  // namespace tarn::notify
