#include "feed/grpc_agent_edge.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <mutex>

#include "feed.grpc.pb.h"
#include "feed/feed_wire.h"
#include "feed/grpc_log.h"
#include "feed/grpc_settings.h"
#include "rt/mailbox.h"

namespace tarn::feed {
namespace {

constexpr std::size_t notes_max = 1024;  // a line has at most one read, one write and one end on its way

class Reactor;

// What the loop and gRPC's threads share of one stream.
struct Link {
  // Recursive: gRPC may run a reaction, even the last one, inside a call into the reactor.
  std::recursive_mutex mutex;
  Reactor* reactor = nullptr;  // until OnDone
  bool held = true;            // our hold keeps OnDone away, so that reads and writes may be started
  AgentLine::Events events;    // the loop's
  bool open = true;            // the loop's
};

struct Sent {};
struct Closed {
  std::string why;
};
struct Note {
  std::shared_ptr<Link> link;
  std::variant<ToAgent, Sent, Closed> what;
};

// How many streams are not done yet, so that the dialer can wait for them.
struct Census {
  std::mutex mutex;
  std::condition_variable none;
  std::size_t streams = 0;
};

class Reactor final : public grpc::ClientBidiReactor<v1::FromAgent, v1::FromServer> {
 public:
  Reactor(const std::shared_ptr<grpc::Channel>& channel, std::string address, std::shared_ptr<Link> link,
          rt::Mailbox<Note>& notes, Census& census)
      : stub_(v1::Feed::NewStub(channel)),
        address_(std::move(address)),
        link_(std::move(link)),
        notes_(notes),
        census_(census) {}

  void start() {
    stub_->async()->Sync(&context_, this);
    AddHold();
    StartRead(&incoming_);
    StartCall();
  }
  void read() { StartRead(&incoming_); }
  void write(const ToServer& message) {
    outgoing_.Clear();
    to_wire(message, outgoing_);
    StartWrite(&outgoing_);
  }
  void cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return let_go();  // why, is told by OnDone
    Result<ToAgent> message = from_wire(incoming_);
    if (message) return tell(std::move(*message));
    misunderstood_ = message.error().message;
    cancel();
    let_go();
  }
  void OnWriteDone(bool ok) override {
    if (ok) tell(Sent{});
  }
  void OnDone(const grpc::Status& status) override {
    {
      const std::scoped_lock lock(link_->mutex);
      link_->held = false;
      link_->reactor = nullptr;
    }
    std::string why = "the server at " + address_ + " ended the stream";
    if (!status.ok()) why = "the server at " + address_ + " is away: " + status.error_message();
    if (!misunderstood_.empty()) why = misunderstood_;
    tell(Closed{std::move(why)});
    Census& census = census_;
    delete this;
    const std::scoped_lock lock(census.mutex);
    if (--census.streams == 0) census.none.notify_all();
  }

 private:
  void tell(decltype(Note::what) what) {
    // A full mailbox means that the loop has stood still for long: the welcome timer or keepalive ends the line.
    if (!notes_.post({link_, std::move(what)})) cancel();
  }
  void let_go() {
    const std::scoped_lock lock(link_->mutex);
    if (!link_->held) return;
    link_->held = false;
    RemoveHold();
  }

  grpc::ClientContext context_;
  std::unique_ptr<v1::Feed::Stub> stub_;
  std::string address_;
  std::shared_ptr<Link> link_;
  rt::Mailbox<Note>& notes_;
  Census& census_;
  v1::FromServer incoming_;
  v1::FromAgent outgoing_;
  std::string misunderstood_;
};

class Line final : public AgentLine {
 public:
  explicit Line(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  ~Line() override {
    link_->open = false;
    const std::scoped_lock lock(link_->mutex);
    if (link_->reactor == nullptr) return;
    link_->reactor->cancel();
    if (!link_->held) return;
    link_->held = false;
    link_->reactor->RemoveHold();
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  void send(ToServer message) override {
    const std::scoped_lock lock(link_->mutex);
    if (link_->held) link_->reactor->write(message);
  }

 private:
  std::shared_ptr<Link> link_;
};

class Dialer final : public AgentDialer {
 public:
  Dialer(rt::Loop& loop, std::string address)
      : address_(std::move(address)),
        channel_(make_channel(address_)),
        notes_(loop, "feed", notes_max, [](const Note& note) { take(note); }) {
    keep_grpc_quiet();
  }
  ~Dialer() override {
    std::unique_lock lock(census_.mutex);
    census_.none.wait(lock, [this] { return census_.streams == 0; });
  }
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  std::unique_ptr<AgentLine> dial(AgentLine::Events events) override {
    // When to try again is ours to decide, not gRPC's.
    grpc::experimental::ChannelResetConnectionBackoff(channel_.get());
    const auto link = std::make_shared<Link>();
    link->events = std::move(events);
    {
      const std::scoped_lock lock(census_.mutex);
      ++census_.streams;
    }
    auto* reactor = new Reactor(channel_, address_, link, notes_, census_);  // its own until OnDone
    link->reactor = reactor;
    reactor->start();
    return std::make_unique<Line>(link);
  }

 private:
  static std::shared_ptr<grpc::Channel> make_channel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_period_ms);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive_patience_ms);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    arguments.SetMaxReceiveMessageSize(message_bytes_max);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  }

  static void take(const Note& note) {
    const std::shared_ptr<Link> link = note.link;
    if (!link->open) return;
    if (const ToAgent* message = std::get_if<ToAgent>(&note.what)) {
      link->events.on_message(*message);
      const std::scoped_lock lock(link->mutex);
      if (link->open && link->held) link->reactor->read();  // the next one only now
    } else if (const Closed* closed = std::get_if<Closed>(&note.what)) {
      link->events.on_closed(closed->why);
    } else {
      link->events.on_sent();
    }
  }

  std::string address_;
  // One for all attempts, released by the loop's thread: gRPC's callback threads live as long as the last channel that
  // used them, and end the process when the last one is released by one of themselves (as a stream's end would).
  std::shared_ptr<grpc::Channel> channel_;
  Census census_;
  rt::Mailbox<Note> notes_;
};

class Feed final : public AgentFeed {
 public:
  Feed(rt::Loop& loop, rt::Choice& choice, std::string address, RedialDelays delays)
      : dialer_(loop, std::move(address)), client_(loop, choice, dialer_, delays) {}
  void start(NodeFacts facts, model::Slice held, Events events) override {
    client_.start(std::move(facts), std::move(held), std::move(events));
  }
  void report(Report report) override { client_.report(std::move(report)); }

 private:
  Dialer dialer_;
  AgentClient client_;
};

}  // namespace

std::unique_ptr<AgentDialer> make_grpc_dialer(rt::Loop& loop, std::string address) {
  return std::make_unique<Dialer>(loop, std::move(address));
}

std::unique_ptr<AgentFeed> make_grpc_agent_feed(rt::Loop& loop, rt::Choice& choice, std::string address,
                                                RedialDelays delays) {
  return std::make_unique<Feed>(loop, choice, std::move(address), delays);
}

}  // namespace tarn::feed
