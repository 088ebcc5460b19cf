#include "feed/grpc_server_edge.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>

#include <condition_variable>
#include <mutex>
#include <set>

#include "feed.grpc.pb.h"
#include "feed/feed_wire.h"
#include "feed/grpc_log.h"
#include "feed/grpc_settings.h"
#include "rt/mailbox.h"

namespace tarn::feed {
namespace {

constexpr std::size_t notes_max = 1U << 17;  // four for each of 32,768 streams: opened, one read, one write, closed

class Reactor;

// What the loop and gRPC's threads share of one stream: the way to its reactor, while there is one.
struct Link {
  // Recursive: gRPC may run a reaction, even the last one, inside a call into the reactor.
  std::recursive_mutex mutex;
  Reactor* reactor = nullptr;  // until OnDone
  bool finished = false;       // Finish was called: nothing may be started any more
  bool writing = false;
  ServerFeed::LineId id = 0;  // the loop's
};

struct Opened {};
struct Sent {};
struct Closed {};
struct Note {
  std::shared_ptr<Link> link;
  std::variant<Opened, ToServer, Sent, Closed> what;
};

// Every stream there is, so that all can be ended.
struct Registry {
  std::mutex mutex;
  std::condition_variable empty;
  bool stopping = false;
  std::set<std::shared_ptr<Link>> links;
};

void finish(Link& link, const grpc::Status& status);

class Reactor final : public grpc::ServerBidiReactor<v1::FromAgent, v1::FromServer> {
 public:
  Reactor(grpc::CallbackServerContext& context, std::shared_ptr<Link> link, rt::Mailbox<Note>& notes,
          Registry& registry)
      : context_(context), link_(std::move(link)), notes_(notes), registry_(registry) {}

  void read() { StartRead(&incoming_); }
  void write(const ToAgent& message) {
    outgoing_.Clear();
    to_wire(message, outgoing_);
    StartWrite(&outgoing_);
  }
  void end(const grpc::Status& status, bool abandon_write) {
    if (abandon_write) context_.TryCancel();  // the peer may never take what is under way
    Finish(status);
  }
  void tell(decltype(Note::what) what) {
    if (!notes_.post({link_, std::move(what)})) finish(*link_, {grpc::StatusCode::RESOURCE_EXHAUSTED, "overrun"});
  }

  void OnReadDone(bool ok) override {
    if (!ok) return tell(Closed{});
    Result<ToServer> message = from_wire(incoming_);
    if (message) return tell(std::move(*message));
    finish(*link_, {grpc::StatusCode::INVALID_ARGUMENT, message.error().message});
    tell(Closed{});
  }
  void OnWriteDone(bool ok) override {
    {
      const std::scoped_lock lock(link_->mutex);
      link_->writing = false;
    }
    if (ok) {
      tell(Sent{});
    } else {
      tell(Closed{});
    }
  }
  void OnCancel() override { tell(Closed{}); }
  void OnDone() override {
    {
      const std::scoped_lock lock(link_->mutex);
      link_->finished = true;
      link_->reactor = nullptr;
    }
    Registry& registry = registry_;
    const std::shared_ptr<Link> link = link_;
    delete this;
    const std::scoped_lock lock(registry.mutex);
    registry.links.erase(link);
    if (registry.links.empty()) registry.empty.notify_all();
  }

 private:
  grpc::CallbackServerContext& context_;
  std::shared_ptr<Link> link_;
  rt::Mailbox<Note>& notes_;
  Registry& registry_;
  v1::FromAgent incoming_;
  v1::FromServer outgoing_;
};

// The three things the loop may ask of a stream. Each does nothing once the stream has ended.
void read(Link& link) {
  const std::scoped_lock lock(link.mutex);
  if (!link.finished) link.reactor->read();
}
void write(Link& link, const ToAgent& message) {
  const std::scoped_lock lock(link.mutex);
  if (link.finished) return;
  link.writing = true;
  link.reactor->write(message);
}
void finish(Link& link, const grpc::Status& status) {
  const std::scoped_lock lock(link.mutex);
  if (link.finished) return;
  link.finished = true;
  link.reactor->end(status, link.writing);
}

class Line final : public ServerLine {
 public:
  explicit Line(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  ~Line() override { finish(*link_, grpc::Status::OK); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  void send(ToAgent message) override { write(*link_, message); }

 private:
  std::shared_ptr<Link> link_;
};

class Service final : public v1::Feed::CallbackService {
 public:
  Service(rt::Mailbox<Note>& notes, Registry& registry) : notes_(notes), registry_(registry) {}

  grpc::ServerBidiReactor<v1::FromAgent, v1::FromServer>* Sync(grpc::CallbackServerContext* context) override {
    const auto link = std::make_shared<Link>();
    auto* reactor = new Reactor(*context, link, notes_, registry_);  // gRPC's until OnDone
    link->reactor = reactor;
    bool stopping = false;
    {
      const std::scoped_lock lock(registry_.mutex);
      registry_.links.insert(link);
      stopping = registry_.stopping;
    }
    if (stopping) {
      finish(*link, {grpc::StatusCode::UNAVAILABLE, "the server is stopping"});
    } else {
      reactor->tell(Opened{});
    }
    return reactor;
  }

 private:
  rt::Mailbox<Note>& notes_;
  Registry& registry_;
};

class Edge final : public GrpcServerEdge {
 public:
  Edge(rt::Loop& loop, ServerFeed& feed)
      : feed_(feed),
        notes_(loop, "feed", notes_max, [this](const Note& note) { take(note); }),
        service_(notes_, registry_) {}
  ~Edge() override { stop(); }
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  Status listen(const std::string& address) {
    keep_grpc_quiet();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(message_bytes_max);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a port belongs to one server
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_period_ms);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive_patience_ms);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, ping_period_min_ms);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (!server_ || port == 0) {
      return fail(ErrorCode::unavailable, "FeedAddress",
                  "cannot listen on " + address + " for agents; it is in use or not ours, choose another --feed");
    }
    address_ = address;
    if (address.starts_with("unix:")) {
      ::chmod(address.substr(5).c_str(), S_IRUSR | S_IWUSR);
    } else if (const std::size_t colon = address.rfind(':'); colon != std::string::npos) {
      address_ = address.substr(0, colon + 1) + std::to_string(port);
    }
    return {};
  }

  [[nodiscard]] std::string address() const override { return address_; }

 private:
  void take(const Note& note) {
    Link& link = *note.link;
    if (std::holds_alternative<Opened>(note.what)) {
      link.id = feed_.open(std::make_unique<Line>(note.link));
      read(link);
    } else if (const ToServer* message = std::get_if<ToServer>(&note.what)) {
      feed_.received(link.id, *message);
      read(link);  // the next one only now: a chatty agent is slowed down, not queued
    } else if (std::holds_alternative<Sent>(note.what)) {
      feed_.sent(link.id);
    } else {
      feed_.closed(link.id);
      finish(link, grpc::Status::OK);
    }
  }

  void stop() {
    if (!server_) return;
    std::set<std::shared_ptr<Link>> links;
    {
      const std::scoped_lock lock(registry_.mutex);
      registry_.stopping = true;
      links = registry_.links;
    }
    for (const auto& link : links) finish(*link, {grpc::StatusCode::UNAVAILABLE, "the server is stopping"});
    server_->Shutdown(gpr_inf_past(GPR_CLOCK_REALTIME));
    std::unique_lock lock(registry_.mutex);
    registry_.empty.wait(lock, [this] { return registry_.links.empty(); });
  }

  ServerFeed& feed_;
  rt::Mailbox<Note> notes_;
  Registry registry_;
  Service service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace

Result<std::unique_ptr<GrpcServerEdge>> GrpcServerEdge::listen(rt::Loop& loop, ServerFeed& feed,
                                                               const std::string& address) {
  auto edge = std::make_unique<Edge>(loop, feed);
  if (Status listening = edge->listen(address); !listening) return fail(listening.error());
  return edge;
}

}  // namespace tarn::feed
