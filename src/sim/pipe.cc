#include "sim/pipe.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"

namespace tarn::sim {

bool happens(rt::Choice& choice, std::uint32_t of_scale) {
  return of_scale > 0 && choice.below(Faults::scale) < of_scale;
}

rt::Duration part_of(rt::Choice& choice, rt::Duration most) {
  constexpr std::uint32_t parts = 1'000'000;
  return rt::Duration(choice.below(parts)) * (most.count() / parts);
}

// Both ends of one connection. Held by the two streams and by the jobs that deliver; an end that was destroyed (by its
// owner, or because its process crashed) is closed and is never called again.
class PipeConnection : public std::enable_shared_from_this<PipeConnection> {
 public:
  struct End {
    rt::Loop* loop = nullptr;
    std::shared_ptr<rt::Stream::Events> events;  // after start()
    Bytes incoming;                              // on its way here
    std::optional<Error> closing;                // after the incoming bytes, this
    bool open = true;
    bool delivering = false;  // a job is on its way
    rt::TimerHandle late;     // … or a timer
  };

  PipeConnection(Network& network, std::uint64_t id, std::string path, rt::Loop& client, rt::Loop& server)
      : network_(network), id_(id), path_(std::move(path)) {
    ends_[0].loop = &client;
    ends_[1].loop = &server;
  }

  End& end(std::size_t side) { return ends_[side]; }
  [[nodiscard]] bool is_late() const { return ends_[0].late || ends_[1].late; }
  [[nodiscard]] const std::string& path() const { return path_; }

  void send(std::size_t from, Bytes bytes) {
    End& to = ends_[1 - from];
    if (!ends_[from].open || !to.open || to.closing) return;
    to.incoming.insert(to.incoming.end(), bytes.begin(), bytes.end());
    network_.bytes_sent_ += bytes.size();
    network_.waiting_most_ = std::max(network_.waiting_most_, to.incoming.size());
    schedule(1 - from);
  }

  // The owner of this end let it go. What it has sent still arrives, unless faults lose the end of it.
  void close(std::size_t side) {
    End& own = ends_[side];
    if (!own.open) return;
    own.open = false;
    own.late.reset();
    End& other = ends_[1 - side];
    if (!other.open || other.closing) return;
    if (happens(choice(), network_.faults_.cut) && !other.incoming.empty()) {
      other.incoming.resize(choice().below(static_cast<std::uint32_t>(other.incoming.size())));
    }
    other.closing = Error{ErrorCode::unavailable, {}, "the peer closed the connection"};
    schedule(1 - side);
  }

  // The connection breaks for both; bytes on their way are lost.
  void cut() {
    for (std::size_t side = 0; side < 2; ++side) {
      End& end = ends_[side];
      if (!end.open || end.closing) continue;
      end.incoming.clear();
      end.closing = Error{ErrorCode::unavailable, {}, "the connection was cut"};
      schedule(side);
    }
  }

  void schedule(std::size_t side) {
    End& to = ends_[side];
    if (!to.open || !to.events || to.delivering) return;
    to.delivering = true;
    auto job = [self = shared_from_this(), side] { self->deliver(side); };
    const Faults& faults = network_.faults_;
    const auto slow = network_.slow_.find(path_);
    if (slow != network_.slow_.end() || happens(choice(), faults.delay)) {
      const rt::Duration most = slow != network_.slow_.end() ? slow->second : faults.delay_max;
      to.late = to.loop->after(part_of(choice(), most), std::move(job));
    } else {
      to.loop->post(std::move(job));
    }
  }

 private:
  rt::Choice& choice() { return network_.scheduler_.choice(); }

  void deliver(std::size_t side) {
    End& to = ends_[side];
    to.delivering = false;
    to.late.reset();
    if (!to.open) return;
    if (to.incoming.empty()) {
      if (!to.closing) return;
      to.open = false;
      const auto events = to.events;
      note(side, {});
      if (events->on_closed) events->on_closed(*to.closing);
      return;
    }
    const auto size = static_cast<std::uint32_t>(to.incoming.size());
    const bool cuts = happens(choice(), network_.faults_.cut);
    std::uint32_t count = size;
    if (cuts) {
      count = choice().below(size + 1);
    } else if (happens(choice(), network_.faults_.split)) {
      count = 1 + choice().below(size);
    }
    const Bytes bytes(to.incoming.begin(), to.incoming.begin() + count);
    to.incoming.erase(to.incoming.begin(), to.incoming.begin() + count);
    if (cuts) cut();
    const bool drained = to.incoming.empty();
    if (!drained || to.closing) schedule(side);
    note(side, bytes);
    const auto events = to.events;
    if (!bytes.empty() && events->on_bytes) events->on_bytes(bytes);
    if (drained) tell_drained(1 - side);
  }

  void tell_drained(std::size_t side) {
    End& from = ends_[side];
    if (!from.open || !from.events || !from.events->on_drained) return;
    from.loop->post([self = shared_from_this(), side] {
      const End& end = self->ends_[side];
      if (end.open && self->ends_[1 - side].incoming.empty()) end.events->on_drained();
    });
  }

  void note(std::size_t side, ByteView bytes) {
    network_.bytes_delivered_ += bytes.size();
    if (network_.tap_ && !bytes.empty()) network_.tap_(path_, id_, side == 1, bytes);
    network_.trace_.add(path_).add(id_ * 2 + side).add(bytes.size()).add(bytes);
    network_.trace_.add(static_cast<std::uint64_t>(network_.scheduler_.now().since_start.count()));
  }

  Network& network_;
  std::uint64_t id_;
  std::string path_;
  std::array<End, 2> ends_;
};

class Network::Socket final : public rt::Stream {
 public:
  Socket(std::shared_ptr<PipeConnection> connection, std::size_t side)
      : connection_(std::move(connection)), side_(side) {}
  ~Socket() override { connection_->close(side_); }

  void start(Events events) override {
    CHECK(!connection_->end(side_).events);
    connection_->end(side_).events = std::make_shared<Events>(std::move(events));
    if (!connection_->end(side_).incoming.empty() || connection_->end(side_).closing) connection_->schedule(side_);
  }
  void write(Bytes bytes) override { connection_->send(side_, std::move(bytes)); }
  [[nodiscard]] std::size_t unsent() const override { return connection_->end(1 - side_).incoming.size(); }

 private:
  std::shared_ptr<PipeConnection> connection_;
  std::size_t side_;
};

class Network::PathDialer final : public rt::Dialer {
 public:
  PathDialer(Network& network, rt::Loop& loop) : network_(network), loop_(loop) {}

  [[nodiscard]] std::unique_ptr<Attempt> dial(const std::string& path, Done done) override {
    auto attempt = std::make_unique<Waiting>(std::move(done));
    loop_.post([this, path, awaited = std::weak_ptr<Done>(attempt->done)] {
      const std::shared_ptr<Done> wanted = awaited.lock();
      if (!wanted) return;
      Done answer = std::move(*wanted);
      answer(connect(path));
    });
    return attempt;
  }

 private:
  struct Waiting final : Attempt {
    explicit Waiting(Done answer) : done(std::make_shared<Done>(std::move(answer))) {}
    std::shared_ptr<Done> done;
  };

  Result<std::unique_ptr<rt::Stream>> connect(const std::string& path) {
    const auto found = network_.listeners_.find(path);
    if (found == network_.listeners_.end() || happens(network_.scheduler_.choice(), network_.faults_.refuse)) {
      return fail(ErrorCode::unavailable, path + ": connection refused");
    }
    const std::shared_ptr<Listening>& listening = found->second;
    const std::uint64_t id = ++network_.connections_made_;
    auto connection = std::make_shared<PipeConnection>(network_, id, path, loop_, *listening->loop);
    std::erase_if(network_.connections_, [](const auto& known) { return known.second.expired(); });
    network_.connections_[id] = connection;
    auto accepted = std::make_unique<Socket>(connection, 1);
    listening->loop->post([awaited = std::weak_ptr<Listening>(listening), stream = std::move(accepted)]() mutable {
      if (const auto alive = awaited.lock()) alive->accept(std::move(stream));
    });
    return std::make_unique<Socket>(std::move(connection), 0);
  }

  Network& network_;
  rt::Loop& loop_;
};

std::unique_ptr<Network::Listener> Network::listen(const std::string& path, rt::Loop& loop, Accept accept) {
  struct Open final : Listener {
    Open(Network& of, std::string at) : network(of), path(std::move(at)) {}
    ~Open() override { network.listeners_.erase(path); }
    Network& network;
    std::string path;
  };
  CHECK(!listeners_.contains(path));
  listeners_[path] = std::make_shared<Listening>(Listening{&loop, std::move(accept)});
  return std::make_unique<Open>(*this, path);
}

std::unique_ptr<rt::Dialer> Network::dialer(rt::Loop& loop) {
  return std::make_unique<PathDialer>(*this, loop);
}

void Network::slow_down(const std::string& path, rt::Duration late) {
  if (late == rt::Duration(0)) {
    slow_.erase(path);
  } else {
    slow_[path] = late;
  }
}

bool Network::is_slow(const std::string& path) const {
  return faults_.delay > 0 || slow_.contains(path) || any_late([&](const std::string& each) { return each == path; });
}

bool Network::is_slow() const {
  return faults_.delay > 0 || !slow_.empty() || any_late([](const std::string&) { return true; });
}

bool Network::any_late(const std::function<bool(const std::string& path)>& of) const {
  return std::ranges::any_of(connections_, [&](const auto& known) {
    const std::shared_ptr<PipeConnection> connection = known.second.lock();
    return connection && of(connection->path()) && connection->is_late();
  });
}

void Network::cut(const std::string& path) {
  for (const auto& [id, weak] : connections_) {
    const std::shared_ptr<PipeConnection> connection = weak.lock();
    if (connection && connection->path() == path) connection->cut();
  }
}

}  // namespace tarn::sim
