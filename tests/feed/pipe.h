// A feed without a wire: lines between AgentClients and a ServerFeed over simulated loops, cut at will.
// Belongs to a test's world, like both loops; each message goes through the real codec, so its bytes are simulated too.
#pragma once

#include <gtest/gtest.h>

#include <list>
#include <memory>

#include "feed/feed_wire.h"
#include "feed/line.h"
#include "feed/server_feed.h"
#include "rt/loop.h"

namespace tarn::feed {

// One connection. Lives as long as a job or an end still refers to it.
struct Wire : std::enable_shared_from_this<Wire> {
  rt::Loop& server_loop;
  rt::Loop& agent_loop;
  ServerFeed* feed = nullptr;  // none: the server is away
  ServerFeed::LineId id = 0;
  AgentLine::Events events;
  bool server_open = true;
  bool agent_open = true;

  Wire(rt::Loop& server, rt::Loop& agent) : server_loop(server), agent_loop(agent) {}

  void at_server(std::function<void()> job) {
    server_loop.post([self = shared_from_this(), job = std::move(job)] {
      if (self->server_open && self->feed != nullptr) job();
    });
  }
  void at_agent(std::function<void()> job) {
    agent_loop.post([self = shared_from_this(), job = std::move(job)] {
      if (self->agent_open) job();
    });
  }
  void close_for_agent(const std::string& why) {
    at_agent([this, why] {
      agent_open = false;
      events.on_closed(why);
    });
  }
  void close_for_server() {
    at_server([this] {
      feed->closed(id);
      server_open = false;
    });
  }
};

class PipeServerLine final : public ServerLine {
 public:
  explicit PipeServerLine(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  ~PipeServerLine() override {
    wire_->server_open = false;
    wire_->close_for_agent("the server ended the line");
  }
  PipeServerLine(const PipeServerLine&) = delete;
  PipeServerLine& operator=(const PipeServerLine&) = delete;
  void send(ToAgent message) override {
    Wire* wire = wire_.get();
    wire->at_agent([wire, bytes = encode(message)] {
      const auto read = decode_from_server(bytes);
      ASSERT_TRUE(read.has_value());
      wire->events.on_message(*read);
      wire->at_server([wire] { wire->feed->sent(wire->id); });  // taken only now: a slow agent is felt
    });
  }

 private:
  std::shared_ptr<Wire> wire_;
};

class PipeAgentLine final : public AgentLine {
 public:
  explicit PipeAgentLine(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  ~PipeAgentLine() override {
    wire_->agent_open = false;
    wire_->close_for_server();
  }
  PipeAgentLine(const PipeAgentLine&) = delete;
  PipeAgentLine& operator=(const PipeAgentLine&) = delete;
  void send(ToServer message) override {
    Wire* wire = wire_.get();
    wire->at_server([wire, bytes = encode(message)] {
      const auto read = decode_from_agent(bytes);
      ASSERT_TRUE(read.has_value());
      wire->feed->received(wire->id, *read);
    });
    wire->at_agent([wire] { wire->events.on_sent(); });
  }

 private:
  std::shared_ptr<Wire> wire_;
};

// Where agents dial: the server that is there now, or none.
class PipeNet {
 public:
  explicit PipeNet(rt::Loop& server_loop) : server_loop_(server_loop) {}
  ServerFeed* feed = nullptr;
  std::size_t dials = 0;

  std::unique_ptr<AgentLine> dial(rt::Loop& agent_loop, AgentLine::Events events) {
    ++dials;
    auto wire = std::make_shared<Wire>(server_loop_, agent_loop);
    wire->feed = feed;
    wire->events = std::move(events);
    if (feed == nullptr) {
      wire->close_for_agent("nobody listens");
    } else {
      wires_.push_back(wire);
      wire->at_server([raw = wire.get(), wire] { raw->id = raw->feed->open(std::make_unique<PipeServerLine>(wire)); });
    }
    return std::make_unique<PipeAgentLine>(wire);
  }
  // Breaks every `one_of`th line, whatever is on it.
  void cut(unsigned one_of) {
    unsigned number = 0;
    for (const std::weak_ptr<Wire>& weak : std::exchange(wires_, {})) {
      const auto wire = weak.lock();
      if (!wire) continue;
      if (++number % one_of != 0) {
        wires_.push_back(weak);
        continue;
      }
      wire->close_for_server();
      wire->close_for_agent("the line was cut");
    }
  }
  // The server process is gone with all it knew; its lines break.
  void lose_server() {
    feed = nullptr;
    for (const std::weak_ptr<Wire>& weak : std::exchange(wires_, {})) {
      const auto wire = weak.lock();
      if (!wire) continue;
      wire->feed = nullptr;
      wire->close_for_agent("the server died");
    }
  }

 private:
  rt::Loop& server_loop_;
  std::list<std::weak_ptr<Wire>> wires_;
};

class PipeDialer final : public AgentDialer {
 public:
  PipeDialer(PipeNet& net, rt::Loop& loop) : net_(net), loop_(loop) {}
  std::unique_ptr<AgentLine> dial(AgentLine::Events events) override { return net_.dial(loop_, std::move(events)); }

 private:
  PipeNet& net_;
  rt::Loop& loop_;
};

}  // namespace tarn::feed
