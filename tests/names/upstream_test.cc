// The forwarders: whom questions go to, and which answers count.
#include <gmock/gmock.h>

#include <filesystem>

#include "names/asio_upstream.h"
#include "sockets.h"
#include "things.h"

namespace tarn::names::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr rt::Duration limit = 20s;  // only what is broken takes so long

// Two forwarders on the loopback that do what the test does.
class Forwarding : public testing::Test {
 protected:
  Forwarding() {
    for (Socket* each : {&first, &second}) each->bind();
  }
  static Forwarder at(const Socket& socket) { return {ip("127.0.0.1"), socket.port()}; }
  void start(const std::vector<Forwarder>& forwarders, UpstreamLimits limits = {}) {
    upstream.emplace(loop, forwarders, limits);
  }
  void ask(Transport transport = Transport::datagram, std::uint32_t asker = 1) {
    const Bytes message = wire(asked);
    upstream->ask(asker, std::get<Question>(read_question(message)), message, transport,
                  [this](std::optional<Bytes> answer) { answers.push_back(std::move(answer)); });
  }
  // What came to the forwarder; `from` is the port of who asked.
  Bytes heard(const Socket& socket, std::uint16_t& from) {
    std::optional<Bytes> got;
    EXPECT_TRUE(loop.run_until([&] { return (got = socket.take(&from)).has_value(); }, limit));
    return got.value_or(Bytes(12));  // what was broken is told already
  }
  bool answered(std::size_t count = 1) {
    return loop.run_until([&] { return answers.size() == count; }, limit);
  }
  static Bytes answer_to(const Bytes& question, Byte code = 0) {
    Bytes answer = question;
    answer[2] |= 0x80;
    answer[3] = code;
    return answer;
  }

  rt::AsioLoop loop;
  Socket first{SOCK_DGRAM}, second{SOCK_DGRAM};
  Asked asked{.name = "example.org."};
  std::optional<AsioUpstream> upstream;
  std::vector<std::optional<Bytes>> answers;
};

TEST_F(Forwarding, the_question_goes_as_it_is_under_an_id_and_from_a_port_of_its_own) {
  start({at(first)});
  std::set<std::uint16_t> ids, ports;
  for (std::size_t i = 1; i <= 8; ++i) {
    ask();
    std::uint16_t from = 0;
    const Bytes question = heard(first, from);
    Bytes as_asked = wire(asked);
    as_asked[0] = question[0];
    as_asked[1] = question[1];
    EXPECT_EQ(question, as_asked);
    ids.insert(static_cast<std::uint16_t>(question[0] << 8 | question[1]));
    ports.insert(from);
    first.say_to(from, answer_to(question));
    ASSERT_TRUE(answered(i));
    EXPECT_EQ(answers.back(), answer_to(wire(asked)));
  }
  EXPECT_GT(ids.size(), 4U);
  EXPECT_GT(ports.size(), 4U);
}

TEST_F(Forwarding, what_is_no_answer_to_the_question_does_not_count) {
  start({at(first)});
  ask();
  std::uint16_t from = 0;
  const Bytes question = heard(first, from);
  Bytes other_id = answer_to(question);
  other_id[1] ^= 1;
  Bytes other_name = answer_to(question);
  other_name[13] ^= 1;
  Bytes other_type = answer_to(question);
  other_type[other_type.size() - 3] = 28;
  for (const Bytes& wrong : {other_id, other_name, other_type, question, Bytes(), Bytes{1, 2, 3}, Bytes(12, 0x80)})
    first.say_to(from, wrong);
  Socket(SOCK_DGRAM).say_to(from, answer_to(question));  // from somebody else
  Bytes right = answer_to(question);
  right[3] = 3;
  first.say_to(from, right);
  ASSERT_TRUE(answered());
  EXPECT_EQ(read(answers.at(0).value()).code, 3);
}

TEST_F(Forwarding, the_next_is_asked_where_one_is_silent_or_is_not_there_or_will_not) {
  Socket nobody(SOCK_DGRAM);
  nobody.bind();
  const Forwarder absent = at(nobody);
  nobody = Socket(SOCK_DGRAM);
  start({absent, at(first), at(second)}, {.try_timeout = 50ms});
  ask();
  std::uint16_t from = 0;
  heard(first, from);  // and says nothing
  const Bytes question = heard(second, from);
  second.say_to(from, answer_to(question));
  ASSERT_TRUE(answered());
  EXPECT_EQ(answers.at(0), answer_to(wire(asked)));
  start({at(first), at(second)});
  ask();
  const Bytes refused = heard(first, from);
  first.say_to(from, answer_to(refused, 5));
  const Bytes again = heard(second, from);
  second.say_to(from, answer_to(again, 2));
  ASSERT_TRUE(answered(2));
  EXPECT_EQ(answers.at(1), answer_to(wire(asked), 2));  // what the last of them said
}

TEST_F(Forwarding, where_all_are_silent_there_is_an_end) {
  start({at(first)}, {.try_timeout = 20ms});
  ask();
  ASSERT_TRUE(answered());
  EXPECT_EQ(answers.at(0), std::nullopt);
  std::size_t tries = 0;
  while (first.take()) ++tries;
  EXPECT_EQ(tries, 2U);
}

// Whatever became of them.
TEST_F(Forwarding, questions_that_are_over_hold_no_sockets) {
  Socket listener(SOCK_STREAM);
  listener.bind(first.port());
  listener.listen();
  start({at(first)}, {.try_timeout = 20ms});
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  std::uint16_t from = 0;
  const auto have_one_answered = [&] {
    ask();
    const Bytes question = heard(first, from);
    first.say_to(from, answer_to(question));
  };
  have_one_answered();
  ASSERT_TRUE(answered(1));  // by now the loop has what it needs itself
  const auto before = open_files();
  for (const Transport transport : {Transport::datagram, Transport::stream, Transport::datagram}) ask(transport);
  ASSERT_TRUE(answered(4));
  while (first.take()) continue;
  have_one_answered();
  ASSERT_TRUE(answered(5));
  EXPECT_TRUE(loop.run_until([&] { return open_files() == before; }, limit));
}

TEST_F(Forwarding, without_forwarders_the_end_comes_at_once) {
  start({}, {.try_timeout = 1h});
  ask();
  ASSERT_TRUE(answered());
  EXPECT_EQ(answers.at(0), std::nullopt);
}

TEST_F(Forwarding, nobody_has_more_under_way_than_is_allowed) {
  start({at(first)}, {.under_way_max = 5, .under_way_of_one_max = 2, .try_timeout = 1h});
  for (int i = 0; i < 3; ++i) ask(Transport::datagram, 1);
  ASSERT_TRUE(answered(1));  // the third, at once
  for (int i = 0; i < 3; ++i) ask(Transport::datagram, 2);
  for (int i = 0; i < 2; ++i) ask(Transport::datagram, 3);
  ASSERT_TRUE(answered(3));
  std::uint16_t from = 0;
  const Bytes question = heard(first, from);
  first.say_to(from, answer_to(question));
  ASSERT_TRUE(answered(4));
  EXPECT_TRUE(answers.back().has_value());
  ask(Transport::datagram, 1);  // there is room again
  for (int i = 0; i < 4; ++i) heard(first, from);
  EXPECT_EQ(answers.size(), 4U);
}

TEST_F(Forwarding, what_was_asked_by_tcp_is_asked_by_tcp) {
  Socket listener(SOCK_STREAM);
  listener.bind();
  listener.listen();
  start({at(listener)});
  ask(Transport::stream);
  std::optional<Socket> connection;
  ASSERT_TRUE(loop.run_until([&] { return (connection = listener.accept()).has_value(); }, limit));
  std::optional<Bytes> got;
  ASSERT_TRUE(loop.run_until([&] { return (got = connection->take()).has_value(); }, limit));
  const Bytes question(got->begin() + 2, got->end());
  ASSERT_EQ(*got, framed(question));
  Bytes large = answer_to(question);
  large.resize(60'000);
  connection->say(framed(large));
  ASSERT_TRUE(answered());
  ASSERT_TRUE(answers.at(0).has_value());
  EXPECT_EQ(answers.at(0)->size(), 60'000U);
  ask(Transport::stream);
  ASSERT_TRUE(loop.run_until([&] { return (connection = listener.accept()).has_value(); }, limit));
  connection.reset();  // it hangs up: the next try
  ASSERT_TRUE(loop.run_until([&] { return (connection = listener.accept()).has_value(); }, limit));
}

TEST(Forwarders, are_written_as_an_address_and_a_port) {
  EXPECT_EQ(parse_forwarder("192.0.2.53"), (Forwarder{ip("192.0.2.53"), 53}));
  EXPECT_EQ(parse_forwarder("2001:db8::53#5353"), (Forwarder{ip("2001:db8::53"), 5353}));
  for (const char* wrong :
       {"", "example.org", "192.0.2.53#", "192.0.2.53#0", "192.0.2.53#65536", "192.0.2.53#1x", "#53"})
    EXPECT_FALSE(parse_forwarder(wrong).has_value()) << wrong;
}

TEST(Forwarders, are_those_of_resolv_conf) {
  EXPECT_THAT(forwarders_in("# nameserver 192.0.2.1\nsearch example.org\nnameserver 192.0.2.53\n"
                            "nameserver fe80::1%eth0\n  nameserver\t2001:db8::53 \nnameserver 192.0.2.54\n"
                            "nameserver 192.0.2.55\n"),
              ElementsAre(Forwarder{ip("192.0.2.53")}, Forwarder{ip("2001:db8::53")}, Forwarder{ip("192.0.2.54")}));
  EXPECT_THAT(forwarders_in(""), IsEmpty());
}

}  // namespace
}  // namespace tarn::names::test
