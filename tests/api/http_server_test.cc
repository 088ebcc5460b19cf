// The HTTP edge over a real loopback socket: what arrives in pieces, too late, too large, or not as HTTP at all.
#include "api/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "api/client.h"

namespace tarn::api::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// A blocking socket; a read that takes longer than ten seconds ends the test, not the suite.
class Line {
 public:
  explicit Line(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    const timeval limit{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Line() { close(fd_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  bool say(std::string_view text) {  // false: the server has closed before it took all
    while (!text.empty()) {
      const auto sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool hears_within(std::chrono::milliseconds limit) {
    pollfd wait{fd_, POLLIN, 0};
    return poll(&wait, 1, static_cast<int>(limit.count())) > 0;
  }
  void no_more() { shutdown(fd_, SHUT_WR); }
  std::string hear_until_closed() {
    while (hear_some()) {
    }
    return std::exchange(heard_, {});
  }
  // One answer with a Content-Length, or without a body.
  std::string hear_answer() {
    std::size_t end = 0;
    while ((end = heard_.find("\r\n\r\n")) == std::string::npos)
      if (!hear_some()) return std::exchange(heard_, {});
    end += 4;
    const std::size_t field = heard_.find("Content-Length: ");
    if (field < end) end += std::stoul(heard_.substr(field + 16));
    while (heard_.size() < end)
      if (!hear_some()) break;
    const std::string answer = heard_.substr(0, end);
    heard_.erase(0, end);
    return answer;
  }

 private:
  bool hear_some() {
    std::array<char, 8192> chunk{};
    const auto got = recv(fd_, chunk.data(), chunk.size(), 0);
    if (got <= 0) return false;
    heard_.append(chunk.data(), static_cast<std::size_t>(got));
    return true;
  }
  int fd_;
  std::string heard_;
};

// Says back what it got. Keeps the answers to /later until told to release them; drops those to /dropped.
struct Echo final : Handler {
  void handle(Request request, Respond respond) override {
    if (request.target == "/dropped") return;
    if (request.target == "/thrown") throw std::runtime_error("a fault");
    Response response{
        200, {{"Content-Type", "text/plain"}}, request.method + " " + request.target + " " + request.body};
    if (request.target == "/empty") response = {204, {}, {}};
    if (request.target != "/later") return respond(std::move(response));
    const std::scoped_lock lock(mutex);
    later.emplace_back(std::move(respond), std::move(response));
    arrived.notify_all();
  }
  Response refuse(unsigned status, std::string_view message) override {
    return {status, {}, "refused: " + std::string(message)};
  }
  void await_later() {
    std::unique_lock lock(mutex);
    arrived.wait(lock, [this] { return !later.empty(); });
  }
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<std::pair<Respond, Response>> later;
};

struct HttpEdge : testing::Test {
  void serve(const HttpLimits& limits = {}) { server = HttpServer::listen(echo, "127.0.0.1", 0, 2, limits).value(); }
  Echo echo;
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpEdge, KeepsAConnectionForManyRequests) {
  serve();
  Line line(server->port());
  for (int i = 0; i < 3; ++i) {
    line.say("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_THAT(line.hear_answer(), testing::EndsWith("\r\n\r\nPOST /a hi"));
  }
}

TEST_F(HttpEdge, AnswersPipelinedRequestsInOrder) {
  serve();
  Line line(server->port());
  line.say(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  const std::string all = line.hear_until_closed();
  EXPECT_LT(all.find("GET /1"), all.find("GET /2"));
  EXPECT_LT(all.find("GET /2"), all.find("GET /3"));
  EXPECT_NE(all.find("GET /3"), std::string::npos);
}

TEST_F(HttpEdge, TakesARequestByteByByte) {
  serve();
  Line line(server->port());
  for (const char c : std::string_view("PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"))
    line.say({&c, 1});
  EXPECT_THAT(line.hear_answer(), HasSubstr("PUT /slow abc"));
}

TEST_F(HttpEdge, AnswersAClientThatHasFinishedSending) {
  serve();
  Line line(server->port());
  line.say("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
  line.no_more();
  EXPECT_THAT(line.hear_until_closed(), HasSubstr("GET /half"));
}

TEST_F(HttpEdge, RefusesWhatIsNoHttp) {
  serve();
  for (const char* garbage : {"\x16\x03\x01\x02\r\n\r\n", "HELLO\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                              "GET / HTTP/1.1\r\nno colon\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"}) {
    Line line(server->port());
    line.say(garbage);
    EXPECT_THAT(line.hear_until_closed(), StartsWith("HTTP/1.1 400 ")) << garbage;
  }
}

TEST_F(HttpEdge, RefusesARequestCutInTheMiddle) {
  serve();
  Line line(server->port());
  line.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
  line.no_more();
  EXPECT_THAT(line.hear_until_closed(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpEdge, TakesLongUrisAndRefusesEndlessHeaders) {  // users.md 23
  serve();
  Line line(server->port());
  const std::string uri = "/" + std::string(8191, 'u');
  line.say("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(line.hear_answer(), HasSubstr("GET " + uri));
  line.say("GET / HTTP/1.1\r\nX-Long: " + std::string(100'000, 'h') + "\r\n\r\n");
  EXPECT_THAT(line.hear_until_closed(), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpEdge, RefusesABodyOverTheLimitAndTheClientHearsIt) {
  serve({.body_bytes_max = 1000});
  Line announced(server->port());
  EXPECT_TRUE(announced.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n"));
  EXPECT_TRUE(announced.say(std::string(4'000'000, 'b'))) << "clients that fail to send do not read the answer";
  EXPECT_THAT(announced.hear_until_closed(), StartsWith("HTTP/1.1 413 "));
  Line chunked(server->port());
  chunked.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'b') +
              "\r\n0\r\n\r\n");
  EXPECT_THAT(chunked.hear_until_closed(), StartsWith("HTTP/1.1 413 "));
  Line fits(server->port());
  fits.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'b'));
  EXPECT_THAT(fits.hear_answer(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpEdge, LosesPatienceWithAClientThatStalls) {
  serve({.receive_timeout = 50ms, .idle_timeout = 10s});
  Line header(server->port());
  header.say("GET / HTTP/1.1\r\nHos");
  EXPECT_THAT(header.hear_until_closed(), StartsWith("HTTP/1.1 408 "));
  Line body(server->port());
  body.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_THAT(body.hear_until_closed(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpEdge, ClosesAnIdleConnectionWithoutAWord) {
  serve({.idle_timeout = 50ms});
  Line line(server->port());
  EXPECT_EQ(line.hear_until_closed(), "");
}

TEST_F(HttpEdge, InvitesABodyThatWaitsForAnInvitation) {
  serve();
  Line line(server->port());
  line.say("POST /c HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(line.hear_answer(), StartsWith("HTTP/1.1 100 "));
  line.say("ok");
  EXPECT_THAT(line.hear_answer(), HasSubstr("POST /c ok"));
}

TEST_F(HttpEdge, LeavesTheBodyOutOfHeadAndOf204) {
  serve();
  Line line(server->port());
  line.say("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\nGET /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string all = line.hear_until_closed();
  EXPECT_THAT(all, testing::Not(HasSubstr("HEAD /h")));
  const std::string empty = all.substr(all.find("HTTP/1.1 204"));
  EXPECT_THAT(empty, testing::Not(HasSubstr("Content-Length")));
  EXPECT_THAT(all, HasSubstr("Date: "));
}

TEST_F(HttpEdge, AnUnansweredOrFaultyRequestBecomesA500) {
  serve();
  Line line(server->port());
  for (const char* target : {"/dropped", "/thrown"}) {
    line.say(std::string("GET ") + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(line.hear_answer(), StartsWith("HTTP/1.1 500 ")) << target;
  }
}

TEST_F(HttpEdge, AnswersFromAnotherThreadArrive) {
  serve();
  Line line(server->port());
  line.say("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  echo.await_later();
  std::thread([this] { echo.later[0].first(std::move(echo.later[0].second)); }).join();
  EXPECT_THAT(line.hear_answer(), HasSubstr("GET /later"));
}

TEST_F(HttpEdge, AStopLetsTheRunningAnswerOutAndClosesTheIdle) {
  serve();
  Line idle(server->port());
  idle.say("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.hear_answer();
  Line busy(server->port());
  busy.say("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  echo.await_later();
  std::thread stopping([this] { server.reset(); });
  EXPECT_EQ(idle.hear_until_closed(), "");
  echo.later[0].first(std::move(echo.later[0].second));
  EXPECT_THAT(busy.hear_until_closed(), HasSubstr("GET /later"));
  stopping.join();
}

TEST_F(HttpEdge, AnAnswerAfterTheServersEndIsHarmless) {
  serve({.stop_timeout = 10ms});
  Line line(server->port());
  line.say("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  echo.await_later();
  server.reset();
  echo.later[0].first(std::move(echo.later[0].second));
  EXPECT_EQ(line.hear_until_closed(), "");
}

constexpr const char* get_1 = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpEdge, OverTheBoundTheOneThatIsIdleForLongestGivesWay) {
  serve({.connections_max = 2});
  Line first(server->port());
  Line second(server->port());
  second.say(get_1);
  second.hear_answer();
  Line third(server->port());
  third.say(get_1);
  EXPECT_THAT(third.hear_answer(), HasSubstr("GET /1"));
  EXPECT_EQ(first.hear_until_closed(), "");
  second.say(get_1);
  EXPECT_THAT(second.hear_answer(), HasSubstr("GET /1"));
  EXPECT_EQ(server->connections(), 2U);
}

TEST_F(HttpEdge, WhileAllAreBeingAnsweredANewOneWaits) {
  serve({.connections_max = 1});
  Line first(server->port());
  first.say("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  echo.await_later();
  Line second(server->port());
  second.say(get_1);
  EXPECT_FALSE(second.hears_within(300ms));
  echo.later[0].first(std::move(echo.later[0].second));
  EXPECT_THAT(first.hear_answer(), HasSubstr("GET /later"));
  EXPECT_THAT(second.hear_answer(), HasSubstr("GET /1"));
}

TEST_F(HttpEdge, ThoseWhoNeverEndTheirRequestsKeepNobodyOut) {
  serve({.connections_max = 4});
  std::vector<std::unique_ptr<Line>> slow;
  for (int i = 0; i < 4; ++i) slow.push_back(std::make_unique<Line>(server->port()));
  for (auto& line : slow) line->say("GET /slow HTTP/1.1\r\nX-Never: ends");
  Line quick(server->port());
  quick.say(get_1);
  EXPECT_THAT(quick.hear_answer(), HasSubstr("GET /1"));
  EXPECT_LE(server->connections(), 4U);
}

// As many as ten thousand where the process may open that many files.
TEST_F(HttpEdge, ThousandsOfIdleConnectionsKeepNobodyOut) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  constexpr rlim_t wanted = 10'000;
  const HttpLimits limits;
  const rlim_t spare = limits.connections_max + 200;  // the server's own ends, and what the process has open
  ASSERT_GT(files.rlim_cur, 2 * spare) << "the test proves nothing with so few open files";
  serve(limits);
  std::vector<std::unique_ptr<Line>> idle;
  for (rlim_t i = 0; i < std::min(wanted, files.rlim_cur - spare); ++i)
    idle.push_back(std::make_unique<Line>(server->port()));
  Line quick(server->port());
  quick.say(get_1);
  EXPECT_THAT(quick.hear_answer(), HasSubstr("GET /1"));
  EXPECT_LE(server->connections(), limits.connections_max);
  idle.back()->say(get_1);
  EXPECT_THAT(idle.back()->hear_answer(), HasSubstr("GET /1")) << "the newest are still there";
}

TEST_F(HttpEdge, AnAddressInUseIsSaidClearly) {
  serve();
  Echo other;
  const auto second = HttpServer::listen(other, "127.0.0.1", server->port());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("127.0.0.1:" + std::to_string(server->port()) + " is in use"));
  EXPECT_EQ(HttpServer::listen(other, "no address", 0).error().code, ErrorCode::invalid);
  EXPECT_EQ(HttpServer::listen(other, "203.0.113.9", 0).error().code, ErrorCode::invalid);
}

TEST(HttpDate, IsRfc9110sOwnExample) {
  EXPECT_EQ(http_date(784'111'777'000), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace tarn::api::test
