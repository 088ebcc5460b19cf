// Who said what to whom in a world, in order and in few words: what a sequence diagram is drawn from. Listens to the
// bytes on the sockets and decodes them by itself; changes nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/stage.h"
#include "wire/ovsdb/splitter.h"

namespace tarn::sim {

// One arrow, or with an empty `to` a note over `from`.
struct Said {
  std::string from;
  std::string to;
  std::string words;
  bool operator==(const Said&) const = default;
};

class Recorder {
 public:
  // Listens from now on. The stage outlives it, and must not be played on afterwards.
  explicit Recorder(Stage& stage);

  void act(const Act& act);
  // Looks for commits of the server and of the databases since the last call; after each step.
  void look();
  [[nodiscard]] const std::vector<Said>& said() const { return said_; }

 private:
  // One direction of one connection, cut into messages.
  struct Direction {
    Bytes openflow;
    wire::ovsdb::Splitter ovsdb;
  };
  void heard(const std::string& path, std::uint64_t connection, bool to_listener, ByteView bytes);
  void openflow(const Node& node, std::size_t index, bool to_switch, Direction& direction, ByteView bytes);
  void ovsdb(std::size_t index, bool to_server, Direction& direction, ByteView bytes);
  void at_server(const FeedNetwork::Speaker& agent, const feed::ToServer& message);
  void at_agent(const FeedNetwork::Speaker& agent, const feed::ToAgent& message);
  void say(std::string from, std::string to, std::string words);
  [[nodiscard]] std::string name(const std::string& slice_name) const;

  Stage& stage_;
  std::vector<Said> said_;
  std::map<std::pair<std::uint64_t, bool>, Direction> directions_;
  std::map<std::uint64_t, std::string> agents_;                        // by connection of the feed
  std::map<std::size_t, std::pair<std::size_t, std::size_t>> bundle_;  // adds and removes of the one being filled
  model::Revision revision_ = 0;
};

}  // namespace tarn::sim
