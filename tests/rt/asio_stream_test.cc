#include "rt/asio_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "support/temp_dir.h"

namespace tarn::rt {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Duration limit = 20s;  // only a broken stream takes so long

Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

// What one end of a stream was told.
struct Ear {
  std::string heard;
  std::optional<Error> closed;
  int drained = 0;

  Stream::Events events() {
    return {[this](ByteView view) { heard.append(view.begin(), view.end()); },
            [this](Error error) { closed = std::move(error); }, [this] { ++drained; }};
  }
};

// A peer made of plain system calls, so that the stream is not only tested against itself.
class RawListener {
 public:
  explicit RawListener(const std::string& path, int backlog = 8) : descriptor_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(descriptor_, backlog), 0);
  }
  ~RawListener() { close(descriptor_); }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  [[nodiscard]] int take() const { return accept(descriptor_, nullptr, nullptr); }

 private:
  int descriptor_;
};

class AsioStreamTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Stream>> dial(const std::string& path) {
    std::optional<Result<std::unique_ptr<Stream>>> answer;
    const auto attempt =
        AsioDialer(loop_).dial(path, [&](Result<std::unique_ptr<Stream>> result) { answer = std::move(result); });
    EXPECT_FALSE(answer.has_value()) << "answered inside the call";
    EXPECT_TRUE(loop_.run_until([&] { return answer.has_value(); }, limit));
    return answer ? std::move(*answer) : fail(ErrorCode::internal, "no answer");
  }

  std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    return {stream_from_descriptor(loop_, ends[0], "left"), stream_from_descriptor(loop_, ends[1], "right")};
  }

  void settle() {
    bool ended = false;
    const TimerHandle end = loop_.after(10ms, [&] { ended = true; });
    ASSERT_TRUE(loop_.run_until([&] { return ended; }, limit));
  }

  test::TempDir dir_;
  AsioLoop loop_;
};

TEST_F(AsioStreamTest, CarriesBytesBothWaysToAPeerOfPlainSystemCalls) {
  const RawListener listener(dir_.file("s"));
  auto stream = dial(dir_.file("s"));
  ASSERT_TRUE(stream) << stream.error().message;
  const int peer = listener.take();
  Ear ear;
  ASSERT_EQ(send(peer, "early", 5, 0), 5);
  (*stream)->start(ear.events());
  EXPECT_EQ(ear.heard, "") << "called inside start()";
  ASSERT_TRUE(loop_.run_until([&] { return ear.heard == "early"; }, limit));
  (*stream)->write(bytes("answer"));
  ASSERT_TRUE(loop_.run_until([&] { return (*stream)->unsent() == 0; }, limit));
  std::array<char, 16> got{};
  EXPECT_EQ(recv(peer, got.data(), got.size(), 0), 6);
  EXPECT_STREQ(got.data(), "answer");
  close(peer);
}

TEST_F(AsioStreamTest, SendsManyWritesInOrderThoughThePeerReadsLater) {
  auto [left, right] = pair();
  Ear ear_left;
  Ear ear_right;
  left->start(ear_left.events());
  std::string sent;
  for (int i = 0; i < 20'000; ++i) {  // far more than a socket buffer holds
    const std::string line = "line " + std::to_string(i) + " of many, long enough to fill buffers\n";
    sent += line;
    left->write(bytes(line));
  }
  settle();
  EXPECT_GT(left->unsent(), 0U);
  EXPECT_LT(left->unsent(), sent.size());
  EXPECT_EQ(ear_left.drained, 0);
  right->start(ear_right.events());
  ASSERT_TRUE(loop_.run_until([&] { return ear_right.heard.size() == sent.size(); }, limit));
  EXPECT_EQ(ear_right.heard, sent);
  ASSERT_TRUE(loop_.run_until([&] { return ear_left.drained > 0; }, limit));
  EXPECT_EQ(left->unsent(), 0U);
  EXPECT_EQ(ear_left.drained, 1);
}

TEST_F(AsioStreamTest, TellsOnceThatThePeerClosedAfterItsLastBytes) {
  auto [left, right] = pair();
  Ear ear_left;
  Ear ear_right;
  left->start(ear_left.events());
  right->start(ear_right.events());
  right->write(bytes("last words"));
  ASSERT_TRUE(loop_.run_until([&] { return ear_right.drained == 1; }, limit));
  right.reset();
  ASSERT_TRUE(loop_.run_until([&] { return ear_left.closed.has_value(); }, limit));
  EXPECT_EQ(ear_left.heard, "last words");
  EXPECT_EQ(ear_left.closed->code, ErrorCode::unavailable);
  EXPECT_EQ(ear_left.closed->message, "left closed the connection");
  settle();
  EXPECT_FALSE(ear_right.closed) << "our own close was told to us";
}

// The peer answered and left while our bytes were on the way: its answer still counts.
TEST_F(AsioStreamTest, DeliversWhatWasReceivedEvenIfSendingFailed) {
  auto [left, right] = pair();
  Ear ear_left;
  Ear ear_right;
  right->start(ear_right.events());
  right->write(bytes("goodbye"));
  ASSERT_TRUE(loop_.run_until([&] { return ear_right.drained == 1; }, limit));
  right.reset();
  left->write(bytes("too late"));
  settle();
  left->start(ear_left.events());
  ASSERT_TRUE(loop_.run_until([&] { return ear_left.closed.has_value(); }, limit));
  EXPECT_EQ(ear_left.heard, "goodbye");
}

// shutdown(2) of the peer's receiving side alone: nothing else would ever tell us.
TEST_F(AsioStreamTest, ClosesWhenThePeerRefusesToReceive) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  auto stream = stream_from_descriptor(loop_, ends[0], "peer");
  Ear ear;
  stream->start(ear.events());
  ASSERT_EQ(shutdown(ends[1], SHUT_RD), 0);
  stream->write(bytes("refused"));
  ASSERT_TRUE(loop_.run_until([&] { return ear.closed.has_value(); }, limit));
  EXPECT_THAT(ear.closed->message, HasSubstr("sending to peer"));
  EXPECT_EQ(stream->unsent(), 0U);
  close(ends[1]);
}

TEST_F(AsioStreamTest, MayBeDestroyedInsideItsOwnCallbacks) {
  auto [left, right] = pair();
  std::unique_ptr<Stream> ours = std::move(left);
  int calls = 0;
  ours->start({[&](ByteView) {
                 ++calls;
                 ours.reset();
               },
               [&](Error) { ++calls; },
               {}});
  Ear ear;
  right->start(ear.events());
  right->write(bytes("x"));
  ASSERT_TRUE(loop_.run_until([&] { return ear.closed.has_value(); }, limit));
  EXPECT_EQ(calls, 1);
}

TEST_F(AsioStreamTest, MayBeDestroyedWhileBytesAreUnsent) {
  auto [left, right] = pair();
  Ear ear;
  left->start(ear.events());
  left->write(Bytes(4UL << 20, 'x'));
  settle();
  EXPECT_GT(left->unsent(), 0U);
  left.reset();
  settle();
  EXPECT_FALSE(ear.closed);
}

TEST_F(AsioStreamTest, DiallingAMissingSocketSaysWhichOne) {
  const std::string path = dir_.file("nobody");
  const auto stream = dial(path);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::unavailable);
  EXPECT_THAT(stream.error().message, HasSubstr(path));
  EXPECT_THAT(stream.error().message, HasSubstr("No such file"));
}

TEST_F(AsioStreamTest, DiallingASocketFileThatNobodyServesIsUnavailable) {
  {
    const RawListener gone(dir_.file("stale"));
  }
  const auto stream = dial(dir_.file("stale"));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::unavailable);
  EXPECT_THAT(stream.error().message, HasSubstr("refused"));
}

// connect(2) on a unix socket answers EAGAIN when the backlog is full; this must not look like a connection.
TEST_F(AsioStreamTest, DiallingAnOverrunListenerIsUnavailable) {
  const RawListener listener(dir_.file("busy"), 0);
  const auto first = dial(dir_.file("busy"));
  ASSERT_TRUE(first);
  const auto second = dial(dir_.file("busy"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
}

TEST_F(AsioStreamTest, RefusesAPathThatNoSocketCanHave) {
  for (const std::string& path : {std::string(), "/" + std::string(socket_path_bytes_max, 'x')}) {
    const auto stream = dial(path);
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().code, ErrorCode::invalid);
  }
}

TEST_F(AsioStreamTest, TakesTheLongestPathASocketCanHave) {
  const std::string folder = dir_.file("");
  const std::string path = folder + std::string(socket_path_bytes_max - folder.size(), 'x');
  const RawListener listener(path);
  EXPECT_TRUE(dial(path));
}

TEST_F(AsioStreamTest, DropsTheAnswerOfAnAttemptThatIsGone) {
  const RawListener listener(dir_.file("s"));
  bool answered = false;
  auto attempt = AsioDialer(loop_).dial(dir_.file("s"), [&](const auto&) { answered = true; });
  auto refused = AsioDialer(loop_).dial("", [&](const auto&) { answered = true; });
  attempt.reset();
  refused.reset();
  settle();
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace tarn::rt
