#include "sim/feed_line.h"

#include <string>
#include <utility>

#include "base/check.h"
#include "feed/feed_wire.h"

namespace tarn::sim {

// One connection; held by both lines and by what is on its way. A side that ended is never called again.
class FeedConnection : public std::enable_shared_from_this<FeedConnection> {
 public:
  FeedConnection(FeedNetwork& network, FeedNetwork::Speaker agent, rt::Loop& agent_loop, feed::AgentLine::Events events)
      : network_(network), agent_(std::move(agent)), agent_loop_(agent_loop), events_(std::move(events)) {}

  void open() {
    if (network_.server_ == nullptr || happens(choice(), network_.network_.faults().refuse)) {
      server_open_ = false;
      return tell_agent("connection refused");
    }
    server_loop_ = network_.server_loop_;
    server_loop_->post([self = shared_from_this()] {
      if (!self->server_open_) return;
      self->line_ = self->network_.server_->open(std::make_unique<ServerSide>(self));
    });
  }

  void to_server(const feed::ToServer& message) {
    if (!server_open_ || !agent_open_) return;
    travel(*server_loop_, late_to_server_, feed::encode(message), [](FeedConnection& self, const std::string& bytes) {
      if (!self.server_open_) return;
      const auto heard = feed::decode_from_agent(bytes);
      CHECK(heard.has_value());
      for (const auto& observer : self.network_.observers_) observer.at_server(self.agent_, *heard);
      self.network_.server_->received(self.line_, *heard);
      if (self.agent_open_) self.agent_loop_.post([kept = self.shared_from_this()] { kept->agent_sent(); });
    });
  }
  void to_agent(const feed::ToAgent& message) {
    if (!server_open_ || !agent_open_) return;
    travel(agent_loop_, late_to_agent_, feed::encode(message), [](FeedConnection& self, const std::string& bytes) {
      if (!self.agent_open_) return;
      const auto heard = feed::decode_from_server(bytes);
      CHECK(heard.has_value());
      for (const auto& observer : self.network_.observers_) observer.at_agent(self.agent_, *heard);
      const auto events = self.events_;
      if (self.server_open_) self.server_loop_->post([kept = self.shared_from_this()] { kept->server_sent(); });
      events.on_message(*heard);
    });
  }

  void agent_left() {
    agent_open_ = false;
    late_to_agent_.reset();
    tell_server();
  }
  void server_left() {
    server_open_ = false;
    late_to_server_.reset();
    tell_agent("the server closed the connection");
  }
  void cut() {
    tell_server();
    tell_agent("the connection was cut");
  }
  // The server crashed: its loop and feed are gone without a word.
  void server_crashed() {
    if (!std::exchange(server_open_, false)) return;
    late_to_server_.reset();
    tell_agent("the server went away");
  }

 private:
  class ServerSide final : public feed::ServerLine {
   public:
    explicit ServerSide(std::shared_ptr<FeedConnection> connection) : connection_(std::move(connection)) {}
    ~ServerSide() override { connection_->server_left(); }
    void send(feed::ToAgent message) override { connection_->to_agent(message); }

   private:
    std::shared_ptr<FeedConnection> connection_;
  };

  rt::Choice& choice() { return network_.scheduler_.choice(); }

  using Arrive = void (*)(FeedConnection&, const std::string&);
  void travel(rt::Loop& loop, rt::TimerHandle& late, std::string bytes, Arrive arrive) {
    const Faults& faults = network_.network_.faults();
    ++network_.messages_sent_;
    if (happens(choice(), faults.cut)) return cut();
    auto job = [self = shared_from_this(), bytes = std::move(bytes), arrive] {
      if (self->cut_) return;
      self->network_.trace_.add(bytes.size());  // protobuf writes the pairs of a map in no fixed order
      arrive(*self, bytes);
    };
    if (happens(choice(), faults.delay)) {
      late = loop.after(part_of(choice(), faults.delay_max), std::move(job));
    } else {
      loop.post(std::move(job));
    }
  }

  void agent_sent() {
    if (!agent_open_ || cut_) return;
    const auto events = events_;
    events.on_sent();
  }
  void server_sent() {
    if (server_open_ && !cut_) network_.server_->sent(line_);
  }
  void tell_agent(std::string why) {
    cut_ = true;
    if (!agent_open_) return;
    agent_loop_.post([self = shared_from_this(), why = std::move(why)] {
      if (!std::exchange(self->agent_open_, false)) return;
      const auto events = self->events_;
      events.on_closed(why);
    });
  }
  void tell_server() {
    cut_ = true;
    if (!server_open_ || server_loop_ == nullptr) return;
    server_loop_->post([self = shared_from_this()] {
      if (!self->server_open_ || self->line_ == 0) return;
      self->network_.server_->closed(self->line_);  // destroys the server's side
    });
  }

  FeedNetwork& network_;
  FeedNetwork::Speaker agent_;
  rt::Loop& agent_loop_;
  feed::AgentLine::Events events_;
  rt::Loop* server_loop_ = nullptr;
  feed::ServerFeed::LineId line_ = 0;
  bool agent_open_ = true;
  bool server_open_ = true;
  bool cut_ = false;
  rt::TimerHandle late_to_server_;
  rt::TimerHandle late_to_agent_;
};

class FeedNetwork::Dialer final : public feed::AgentDialer {
 public:
  Dialer(FeedNetwork& network, rt::Loop& loop, std::string host)
      : network_(network), loop_(loop), host_(std::move(host)) {}

  [[nodiscard]] std::unique_ptr<feed::AgentLine> dial(feed::AgentLine::Events events) override {
    const std::uint64_t id = ++network_.connections_made_;
    auto connection = std::make_shared<FeedConnection>(network_, Speaker{id, host_}, loop_, std::move(events));
    std::erase_if(network_.connections_, [](const auto& known) { return known.second.expired(); });
    network_.connections_[id] = connection;
    connection->open();
    return std::make_unique<AgentSide>(std::move(connection));
  }

 private:
  class AgentSide final : public feed::AgentLine {
   public:
    explicit AgentSide(std::shared_ptr<FeedConnection> connection) : connection_(std::move(connection)) {}
    ~AgentSide() override { connection_->agent_left(); }
    void send(feed::ToServer message) override { connection_->to_server(message); }

   private:
    std::shared_ptr<FeedConnection> connection_;
  };

  FeedNetwork& network_;
  rt::Loop& loop_;
  std::string host_;
};

void FeedNetwork::up(feed::ServerFeed& server, rt::Loop& loop) {
  server_ = &server;
  server_loop_ = &loop;
}

void FeedNetwork::down() {
  for (const auto& [id, weak] : connections_) {
    if (const auto connection = weak.lock()) connection->server_crashed();
  }
  server_ = nullptr;
  server_loop_ = nullptr;
}

void FeedNetwork::cut() {
  for (const auto& [id, weak] : connections_) {
    if (const auto connection = weak.lock()) connection->cut();
  }
}

std::unique_ptr<feed::AgentDialer> FeedNetwork::dialer(rt::Loop& agent_loop, std::string host) {
  return std::make_unique<Dialer>(*this, agent_loop, std::move(host));
}

}  // namespace tarn::sim
