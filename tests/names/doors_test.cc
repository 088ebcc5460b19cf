// Where questions come in: each by its own, in order, and no more at a time than is allowed.
#include <gmock/gmock.h>

#include "names/doors.h"
#include "sockets.h"
#include "things.h"

namespace tarn::names::test {
namespace {

using namespace std::chrono_literals;

constexpr rt::Duration limit = 20s;  // only what is broken takes so long

// Answers with the question, the first byte one more; keeps the replies of those who are to wait.
class Entrance : public testing::Test {
 protected:
  void open(DoorLimits limits = {}) {
    doors = Doors::open(
                loop, {"127.0.0.1"}, 0,
                [this](const std::string& client, Bytes message, Transport transport, Doors::Reply reply) {
                  EXPECT_EQ(client, "127.0.0.1");
                  transports.insert(transport);
                  if (message.empty()) return reply(std::nullopt);
                  ++message[0];
                  if (!waiting) return reply(std::move(message));
                  waits.emplace_back([reply = std::move(reply), message = std::move(message)]() mutable {
                    reply(std::move(message));
                  });
                },
                limits)
                .value();
  }
  Socket dial(int type) const {
    Socket socket(type);
    socket.connect(doors->port());
    return socket;
  }
  bool comes(const Socket& socket, const Bytes& expected) {
    Bytes got;
    return loop.run_until(
        [&] {
          if (const auto part = socket.take()) got.insert(got.end(), part->begin(), part->end());
          return got == expected;
        },
        limit);
  }
  bool is_closed(const Socket& socket) {
    return loop.run_until([&] { return socket.take() == Bytes(); }, limit);
  }

  rt::AsioLoop loop;
  std::unique_ptr<Doors> doors;
  std::set<Transport> transports;
  bool waiting = false;
  std::vector<std::move_only_function<void()>> waits;
};

TEST_F(Entrance, a_datagram_is_answered_by_a_datagram) {
  open();
  const Socket client = dial(SOCK_DGRAM);
  client.say({});  // nothing is said to that
  client.say({1, 2, 3});
  EXPECT_TRUE(comes(client, {2, 2, 3}));
  EXPECT_EQ(transports, std::set{Transport::datagram});
}

TEST_F(Entrance, several_questions_pass_by_one_connection_whole_or_in_parts) {
  open();
  const Socket client = dial(SOCK_STREAM);
  ASSERT_TRUE(loop.run_until([&] { return true; }, limit));
  Bytes two = framed({1, 9});
  const Bytes next = framed({5});
  two.insert(two.end(), next.begin(), next.end());
  Bytes both = framed({2, 9});
  const Bytes later = framed({6});
  both.insert(both.end(), later.begin(), later.end());
  client.say(two);
  EXPECT_TRUE(comes(client, both));
  for (const Byte byte : framed({7, 7})) {
    client.say({byte});
    loop.post([] {});
  }
  EXPECT_TRUE(comes(client, framed({8, 7})));
  EXPECT_EQ(transports, std::set{Transport::stream});
}

TEST_F(Entrance, a_connection_is_closed_that_asks_nothing_or_too_much_or_has_no_answer) {
  open({.idle_timeout = 50ms});
  const Socket idle = dial(SOCK_STREAM);
  EXPECT_TRUE(is_closed(idle));
  open();
  const Socket large = dial(SOCK_STREAM);
  large.say({static_cast<Byte>((question_bytes_max + 1) >> 8), static_cast<Byte>((question_bytes_max + 1) & 0xff)});
  EXPECT_TRUE(is_closed(large));
  const Socket unanswered = dial(SOCK_STREAM);
  unanswered.say(framed({}));
  EXPECT_TRUE(is_closed(unanswered));
}

TEST_F(Entrance, nobody_has_more_connections_than_is_allowed) {
  open({.connections_of_one_max = 2});
  const Socket one = dial(SOCK_STREAM);
  const Socket two = dial(SOCK_STREAM);
  for (const Socket* each : {&one, &two}) {
    each->say(framed({1}));
    EXPECT_TRUE(comes(*each, framed({2})));
  }
  EXPECT_TRUE(is_closed(dial(SOCK_STREAM)));
  one.say(framed({3}));
  EXPECT_TRUE(comes(one, framed({4})));
}

TEST_F(Entrance, a_late_answer_finds_nobody_and_harms_nobody) {
  open();
  waiting = true;
  {
    const Socket datagram = dial(SOCK_DGRAM);
    datagram.say({1});
    const Socket stream = dial(SOCK_STREAM);
    stream.say(framed({1}));
    ASSERT_TRUE(loop.run_until([&] { return waits.size() == 2; }, limit));
  }
  doors.reset();
  for (auto& each : waits) each();
}

}  // namespace
}  // namespace tarn::names::test
