// Conversations between namespaces in the hands of a test, a word at a time: TCP connections and datagrams, and as whom
// each side sees the other. Whoever waits, waits for what the kernel tells, up to a timeout.
// A value keeps its namespace alive: it goes before whoever made the namespace.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/sockets.h"

namespace tarn::testing {

constexpr std::chrono::milliseconds usual_patience = std::chrono::seconds(5);

// One end of a TCP connection.
class Call {
 public:
  // From inside `netns`. With a source port of zero the kernel chooses one. Errors: refused, or no answer in time.
  static Result<Call> dial(const std::string& netns, const Endpoint& to, std::uint16_t source_port = 0,
                           std::chrono::milliseconds patience = usual_patience);
  explicit Call(Socket socket) : socket_(std::move(socket)) {}

  bool says(const std::string& word) const;  // false: the connection is over
  // Takes in what comes until `word` is in it.
  bool hears(const std::string& word, std::chrono::milliseconds patience = usual_patience);
  [[nodiscard]] Endpoint far_end() const;  // as this side sees it; all zero once the connection is over

 private:
  Socket socket_;
  std::string heard_;
};

class Listener {
 public:
  Listener(const std::string& netns, const Endpoint& here);  // CHECKs that it can
  // The next that calls.
  std::optional<Call> next(std::chrono::milliseconds patience = usual_patience);

 private:
  Socket socket_;
};

struct Conversation {
  Call calling;
  Call called;
};
// Calls `listener` at `to` from inside `netns`, and a word goes each way. Nothing, and the test fails, when it does
// not.
std::optional<Conversation> converse(const std::string& netns, const Endpoint& to, Listener& listener,
                                     std::uint16_t source_port = 0);
// Whether `word` goes each way of it.
bool speak(Conversation& conversation, const std::string& word);

// Datagrams of one UDP port.
class Letters {
 public:
  Letters(const std::string& netns, const Endpoint& here);  // CHECKs that it can
  void send(const Endpoint& to, const std::string& word) const;
  // Takes in what comes until one holds `word`, or did; who it is from.
  std::optional<Endpoint> hears(const std::string& word, std::chrono::milliseconds patience = usual_patience);
  // How many taken in so far hold `word`, as Nic::count.
  [[nodiscard]] std::size_t count(const std::string& word) const;

 private:
  Socket socket_;
  std::vector<std::pair<std::string, Endpoint>> heard_;
};

// Whether `caller` gets words through to `called` at `door`, the second when the first was heard: whatever was sent the
// same way before is not coming any more.
bool get_through(const Letters& caller, const Endpoint& door, Letters& called, const std::string& word);

// What a UDP socket inside `netns` is told after it wrote to `to`: an errno, ECONNREFUSED for a closed port; 0 for
// nothing in time.
int complaint_of(const std::string& netns, const Endpoint& to, std::chrono::milliseconds patience = usual_patience);

}  // namespace tarn::testing
