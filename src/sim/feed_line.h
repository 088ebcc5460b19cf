// The feed's lines in memory: one server, any number of agents, each message as its real bytes, late or cut as a Choice
// says. Owned by a world. Knows the lines of feed/line.h and nothing of what is said over them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "feed/line.h"
#include "feed/server_feed.h"
#include "sim/pipe.h"

namespace tarn::sim {

class FeedConnection;

class FeedNetwork {
 public:
  // Shares the network's faults.
  FeedNetwork(Scheduler& scheduler, Network& network) : scheduler_(scheduler), network_(network) {}

  // The server answers from now on. Both live until down().
  void up(feed::ServerFeed& server, rt::Loop& loop);
  // It is gone: its connections break and dials are refused.
  void down();
  void cut();  // every connection, where it stands

  // Told of each message as it arrives, with the number of its connection and the agent's host.
  struct Speaker {
    std::uint64_t connection = 0;
    std::string host;
  };
  struct Observer {
    std::function<void(const Speaker& agent, const feed::ToServer& message)> at_server;
    std::function<void(const Speaker& agent, const feed::ToAgent& message)> at_agent;
  };
  void observe(Observer observer) { observers_.push_back(std::move(observer)); }
  [[nodiscard]] std::uint64_t messages_sent() const { return messages_sent_; }

  [[nodiscard]] std::unique_ptr<feed::AgentDialer> dialer(rt::Loop& agent_loop, std::string host);
  [[nodiscard]] std::uint64_t trace() const { return trace_.value(); }

 private:
  friend class FeedConnection;
  class Dialer;

  Scheduler& scheduler_;
  Network& network_;
  feed::ServerFeed* server_ = nullptr;
  rt::Loop* server_loop_ = nullptr;
  std::map<std::uint64_t, std::weak_ptr<FeedConnection>> connections_;
  std::uint64_t connections_made_ = 0;
  std::uint64_t messages_sent_ = 0;
  std::vector<Observer> observers_;
  ContentHash trace_;
};

}  // namespace tarn::sim
