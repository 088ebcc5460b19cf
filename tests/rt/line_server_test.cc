#include "rt/line_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <optional>

#include "rt/asio_stream.h"
#include "rt/line_client.h"
#include "rt/thread_pool.h"
#include "support/temp_dir.h"

namespace tarn::rt {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Duration limit = 20s;  // only a broken server takes so long

// A client on the test's own loop that keeps what it was told.
class Client {
 public:
  Client(AsioLoop& loop, const std::string& path) {
    attempt_ = AsioDialer(loop).dial(path, [this](auto stream) {
      ASSERT_TRUE(stream) << stream.error().message;
      stream_ = std::move(*stream);
      stream_->start({[this](ByteView bytes) { heard.append(bytes.begin(), bytes.end()); },
                      [this](const Error&) { closed = true; },
                      {}});
      if (!unsent_.empty()) say(std::exchange(unsent_, {}));
    });
  }
  void say(const std::string& text) {
    if (stream_) return stream_->write(Bytes(text.begin(), text.end()));
    unsent_ += text;
  }
  void hang_up() { stream_.reset(); }

  std::string heard;
  bool closed = false;

 private:
  std::string unsent_;
  std::unique_ptr<Dialer::Attempt> attempt_;
  std::unique_ptr<Stream> stream_;
};

void echo(const std::string& request, LineServer::Reply reply) {
  reply("you said " + request);
}

class LineServerTest : public testing::Test {
 protected:
  std::unique_ptr<LineServer> serve(LineServer::Handler handler, LineServer::Bounds bounds = {}) {
    auto server = LineServer::listen(loop_, path_, std::move(handler), bounds);
    EXPECT_TRUE(server) << server.error().message;
    return server ? std::move(*server) : nullptr;
  }
  bool soon(const std::function<bool()>& holds) { return loop_.run_until(holds, limit); }

  test::TempDir dir_;
  std::string path_ = dir_.file("control.sock");
  AsioLoop loop_;
};

TEST_F(LineServerTest, AnswersEachLineInOrderHoweverTheBytesAreCut) {
  const auto server = serve(echo);
  Client client(loop_, path_);
  client.say("one\ntw");
  ASSERT_TRUE(soon([&] { return client.heard == "you said one\n"; }));
  client.say("o\nthree\n");
  EXPECT_TRUE(soon([&] { return client.heard == "you said one\nyou said two\nyou said three\n"; })) << client.heard;
}

TEST_F(LineServerTest, TakesTheNextRequestOnlyAfterTheAnswerToTheLast) {
  std::vector<std::string> asked;
  LineServer::Reply pending;
  const auto server = serve([&](std::string request, LineServer::Reply reply) {
    asked.push_back(std::move(request));
    pending = std::move(reply);
  });
  Client client(loop_, path_);
  client.say("first\nsec");
  ASSERT_TRUE(soon([&] { return !asked.empty(); }));
  client.say("ond\n");
  bool arrived = false;
  const TimerHandle arrival = loop_.after(10ms, [&] { arrived = true; });
  ASSERT_TRUE(soon([&] { return arrived; }));
  EXPECT_THAT(asked, ElementsAre("first"));
  pending("1");
  ASSERT_TRUE(soon([&] { return asked.size() == 2; }));
  pending("2");
  EXPECT_TRUE(soon([&] { return client.heard == "1\n2\n"; }));
}

TEST_F(LineServerTest, ServesClientsIndependently) {
  LineServer::Reply slow;
  const auto server = serve([&](const std::string& request, LineServer::Reply reply) {
    if (request == "slow") {
      slow = std::move(reply);
    } else {
      reply("quick");
    }
  });
  Client waiting(loop_, path_);
  waiting.say("slow\n");
  ASSERT_TRUE(soon([&] { return slow != nullptr; }));
  Client other(loop_, path_);
  other.say("quick\n");
  EXPECT_TRUE(soon([&] { return other.heard == "quick\n"; }));
  EXPECT_EQ(waiting.heard, "");
}

TEST_F(LineServerTest, AnAnswerForAClientThatLeftIsDropped) {
  LineServer::Reply pending;
  const auto server = serve([&](const std::string&, LineServer::Reply reply) { pending = std::move(reply); });
  Client client(loop_, path_);
  client.say("question\n");
  ASSERT_TRUE(soon([&] { return pending != nullptr; }));
  client.hang_up();
  Client next(loop_, path_);  // accepted after the first one's end was seen
  next.say("question\n");
  pending("nobody hears this");
  pending = nullptr;
  ASSERT_TRUE(soon([&] { return pending != nullptr; }));
  pending("answer");
  EXPECT_TRUE(soon([&] { return next.heard == "answer\n"; }));
}

TEST_F(LineServerTest, ARequestThatIsThrownAwayClosesItsClient) {
  const auto server = serve([](const std::string&, const LineServer::Reply&) {});
  Client client(loop_, path_);
  client.say("question\n");
  EXPECT_TRUE(soon([&] { return client.closed; }));
  EXPECT_EQ(client.heard, "");
}

TEST_F(LineServerTest, AReplyMayOutliveTheServer) {
  LineServer::Reply pending;
  auto server = serve([&](const std::string&, LineServer::Reply reply) { pending = std::move(reply); });
  Client client(loop_, path_);
  client.say("question\n");
  ASSERT_TRUE(soon([&] { return pending != nullptr; }));
  server.reset();
  pending("too late");
  EXPECT_TRUE(soon([&] { return client.closed; }));
  EXPECT_EQ(client.heard, "");
}

TEST_F(LineServerTest, AHandlerMayEndTheServer) {
  std::unique_ptr<LineServer> server;
  std::string after;
  server = serve([&, last = std::string(100, 'x')](const std::string&, const LineServer::Reply&) {
    server.reset();
    after = last;  // the handler itself must live to its own end
  });
  Client client(loop_, path_);
  client.say("end\n");
  EXPECT_TRUE(soon([&] { return client.closed; }));
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(after, std::string(100, 'x'));
}

TEST_F(LineServerTest, TellsAClientThatItsRequestIsTooLong) {
  const auto server = serve(echo, {.clients = 2, .request_bytes = 100, .silence = 1h});
  Client client(loop_, path_);
  client.say(std::string(200, 'x'));
  ASSERT_TRUE(soon([&] { return client.closed; }));
  EXPECT_EQ(client.heard, "{\"error\":{\"message\":\"the request is too long\"}}\n");
}

TEST_F(LineServerTest, TellsOneClientTooManyAndServesItOnceThereIsRoom) {
  const auto server = serve(echo, {.clients = 1, .request_bytes = 100, .silence = 1h});
  Client first(loop_, path_);
  first.say("a\n");
  ASSERT_TRUE(soon([&] { return first.heard == "you said a\n"; }));
  Client second(loop_, path_);
  ASSERT_TRUE(soon([&] { return second.closed; }));
  EXPECT_THAT(second.heard, HasSubstr("too many clients"));
  first.hang_up();
  Client third(loop_, path_);
  third.say("b\n");
  EXPECT_TRUE(soon([&] { return third.heard == "you said b\n"; }));
}

TEST_F(LineServerTest, ClosesAClientThatStaysSilent) {
  const auto server = serve(echo, {.clients = 2, .request_bytes = 100, .silence = 5ms});
  Client client(loop_, path_);
  client.say("half a requ");
  EXPECT_TRUE(soon([&] { return client.closed; }));
}

// Pipelining without reading: the server must stop serving, not store the answers.
TEST_F(LineServerTest, ServesNoFurtherRequestToAClientThatDoesNotRead) {
  int served = 0;
  const auto server = serve([&](const std::string&, LineServer::Reply reply) {
    ++served;
    reply(std::string(1UL << 20, 'x'));
  });
  const int client = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(send(client, "a\nb\nc\n", 6, 0), 6);
  bool ended = false;
  const TimerHandle end = loop_.after(30ms, [&] { ended = true; });
  ASSERT_TRUE(soon([&] { return ended; }));
  EXPECT_EQ(served, 1);
  close(client);
}

TEST_F(LineServerTest, OnlyTheOwnerMayConnect) {
  const auto server = serve(echo);
  struct stat file{};
  ASSERT_EQ(stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777, 0600U);
}

TEST_F(LineServerTest, RefusesAPathThatAnotherProcessServes) {
  const auto server = serve(echo);
  const auto second = LineServer::listen(loop_, path_, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(second.error().message, HasSubstr(path_));
  Client client(loop_, path_);
  client.say("still there?\n");
  EXPECT_TRUE(soon([&] { return client.heard == "you said still there?\n"; }));
}

TEST_F(LineServerTest, ReplacesASocketFileThatNobodyServes) {
  const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(dead, 1), 0);
  close(dead);
  ASSERT_TRUE(std::filesystem::exists(path_));
  const auto server = serve(echo);
  Client client(loop_, path_);
  client.say("hello\n");
  EXPECT_TRUE(soon([&] { return client.heard == "you said hello\n"; }));
}

TEST_F(LineServerTest, NeverReplacesAFileThatIsNoSocket) {
  std::ofstream(path_) << "precious";
  const auto server = LineServer::listen(loop_, path_, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::conflict);
  EXPECT_THAT(server.error().message, HasSubstr("not a socket"));
  std::string content;
  std::ifstream(path_) >> content;
  EXPECT_EQ(content, "precious");
}

TEST_F(LineServerTest, NamesTheDirectoryThatIsMissing) {
  const auto server = LineServer::listen(loop_, dir_.file("none/control.sock"), echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::unavailable);
  EXPECT_THAT(server.error().message, HasSubstr("none/control.sock"));
}

TEST_F(LineServerTest, RemovesItsFileAtTheEndButNotItsSuccessors) {
  auto server = serve(echo);
  std::filesystem::remove(path_);
  auto successor = serve(echo);
  server.reset();
  EXPECT_TRUE(std::filesystem::exists(path_));
  successor.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

// A blocking call, so it runs on another thread than the server's loop.
class AskTest : public LineServerTest {
 protected:
  Result<std::string> ask_while_serving(const std::string& request, Duration timeout) {
    std::promise<Result<std::string>> promise;
    std::atomic<bool> asked = false;
    {
      ThreadPool asker("asker", 1, 1);
      EXPECT_TRUE(asker.run([&] {
        promise.set_value(ask(path_, request, timeout));
        asked = true;
        loop_.post([] {});
      }));
      EXPECT_TRUE(soon([&] { return asked.load(); }));
    }
    return promise.get_future().get();
  }
};

TEST_F(AskTest, ReturnsTheAnsweringLine) {
  const auto server = serve(echo);
  EXPECT_EQ(ask_while_serving("hello", limit), "you said hello");
}

TEST_F(AskTest, ReturnsALongAnswerWhole) {
  const std::string text(3UL << 20, 'x');
  const auto server = serve([&](const std::string&, LineServer::Reply reply) { reply(text); });
  EXPECT_EQ(ask_while_serving("much", limit), text);
}

TEST_F(AskTest, GivesUpAtTheTimeout) {
  std::vector<LineServer::Reply> kept;
  const auto server = serve([&](const std::string&, LineServer::Reply reply) { kept.push_back(std::move(reply)); });
  const auto answer = ask_while_serving("hello", 20ms);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("in time"));
}

TEST_F(AskTest, SaysThatTheServerHungUp) {
  const auto server = serve([](const std::string&, const LineServer::Reply&) {});
  const auto answer = ask_while_serving("hello", limit);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr(path_));
}

TEST_F(AskTest, SaysThatNobodyServesThePath) {
  const auto answer = ask(path_, "hello", limit);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr(path_));
}

}  // namespace
}  // namespace tarn::rt
