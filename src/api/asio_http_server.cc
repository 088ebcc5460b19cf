// The only file that knows Boost.Beast. One strand for each connection; a connection is registered with the Core until
// it closes, so a late answer finds it, or finds it gone, but never dangles.
#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "api/http_server.h"
#include "base/check.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"

namespace tarn::api {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
// A connection's own executor, by its type: one that is looked up at each step costs more than the steps.
using Strand = asio::strand<asio::io_context::executor_type>;
using Socket = asio::basic_stream_socket<tcp, Strand>;
using Timer = asio::basic_waitable_timer<asio::steady_timer::clock_type, asio::steady_timer::traits_type, Strand>;
using Acceptor = asio::basic_socket_acceptor<tcp, Strand>;
using Milliseconds = std::chrono::milliseconds;

constexpr std::size_t first_read_bytes = 4096;
constexpr std::size_t drain_bytes_max = 8 * 1024 * 1024;  // read and thrown away so that a refusal reaches its sender
constexpr Milliseconds drain_timeout{2'000};
constexpr Milliseconds accept_retry{100};  // after running out of descriptors, or of connections that could go
constexpr Milliseconds patience{1'000};    // with a client in the middle of something, when another one waits

class Session;

struct Core : std::enable_shared_from_this<Core> {
  Core(Handler& answering, const HttpLimits& bounds) : handler(answering), limits(bounds) {}

  void accept();
  void await_another();
  void make_room();
  void add(std::shared_ptr<Session> session);
  void remove(std::uint64_t id);
  void stop();

  asio::io_context io;
  Handler& handler;
  const HttpLimits limits;
  rt::MachineClock clock;
  Strand door{io.get_executor()};  // guards the acceptor and its timer
  Acceptor acceptor{door};
  Timer pause{door};
  bool accepting = false;  // on the door: an accept, or a wait for another connection, is under way
  bool stopping = false;   // on the door
  std::mutex mutex;
  std::condition_variable gone;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions;
  std::uint64_t next_id = 1;
};

// What a connection waits for. One that is being answered waits for us, and is never cut for another.
enum class Waits : std::uint8_t { for_a_request, for_the_client, for_us };

// One connection. Everything but the constructor and what is said otherwise runs on its strand.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Core& core, Socket socket, std::uint64_t id)
      : core_(core), id_(id), socket_(std::move(socket)), timer_(socket_.get_executor()) {}

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] Waits waits() const { return waits_; }                                 // from any thread
  [[nodiscard]] std::chrono::nanoseconds waits_since() const { return waits_since_; }  // likewise
  // Runs the job on the strand: at once where this is called on it.
  void run(std::move_only_function<void(Session&)> job) {
    asio::dispatch(socket_.get_executor(), [self = shared_from_this(), job = std::move(job)]() mutable { job(*self); });
  }
  void await_request();
  void finish();    // the server stops: close now, or after the answer under way
  void give_way();  // another connection needs the room: close, unless being answered
  void answer(std::uint64_t request, Respond::Make make);

 private:
  void read_header();
  void read_body();
  void continue_100();
  void on_read_failed(error_code error, bool in_request);
  void dispatch();
  Response made(Respond::Make make);
  void refuse(unsigned status, std::string_view message);
  void send(Response response, bool keep_alive);
  void drain(std::size_t left);
  void close();
  void now_waits(Waits what);
  void arm(Milliseconds limit);
  void disarm() { deadline_.reset(); }
  void wait_until(std::chrono::nanoseconds end);

  Core& core_;
  const std::uint64_t id_;
  Socket socket_;
  Timer timer_;
  std::atomic<Waits> waits_ = Waits::for_a_request;
  std::atomic<std::chrono::nanoseconds> waits_since_{};
  // The timer is not set back with each step, but when it runs out: it never wakes later than the deadline.
  std::optional<std::chrono::nanoseconds> deadline_;
  std::optional<std::chrono::nanoseconds> wakes_at_;
  bool timed_out_ = false;
  bool idle_ = false;
  bool stopping_ = false;
  bool closed_ = false;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::uint64_t request_ = 0;  // counts requests; a second answer to one of them is dropped
  bool awaiting_answer_ = false;
  bool keep_alive_ = false;
  bool head_ = false;
};

// What the handler gets to answer with. Dropped uncalled, it answers 500, so that no client waits for ever.
class Answer {
 public:
  Answer(std::weak_ptr<Core> core, std::weak_ptr<Session> session, std::uint64_t request)
      : core_(std::move(core)), session_(std::move(session)), request_(request) {}
  Answer(Answer&& other) noexcept
      : core_(std::move(other.core_)),
        session_(std::move(other.session_)),
        request_(other.request_),
        open_(std::exchange(other.open_, false)) {}
  Answer& operator=(Answer&&) = delete;
  ~Answer() {
    if (open_) give(nullptr);
  }
  void operator()(Respond::Make make) { give(std::move(make)); }

 private:
  void give(Respond::Make make) {
    open_ = false;
    const auto core = core_.lock();  // keeps the sockets' io_context alive while we post
    if (!core) return;
    if (const auto session = session_.lock())
      session->run([request = request_, make = std::move(make)](Session& self) mutable {
        self.answer(request, std::move(make));
      });
  }

  std::weak_ptr<Core> core_;
  std::weak_ptr<Session> session_;
  std::uint64_t request_;
  bool open_ = true;
};

void Session::arm(Milliseconds limit) {
  timed_out_ = false;
  deadline_ = core_.clock.now().since_start + limit;
  if (!wakes_at_ || *deadline_ < *wakes_at_) wait_until(*deadline_);
}

void Session::wait_until(std::chrono::nanoseconds end) {
  wakes_at_ = end;
  timer_.expires_after(end - core_.clock.now().since_start);
  timer_.async_wait([self = shared_from_this(), end](error_code error) {
    if (error || self->closed_ || self->wakes_at_ != end) return;
    self->wakes_at_.reset();
    if (!self->deadline_) return;
    if (*self->deadline_ > end) return self->wait_until(*self->deadline_);
    self->timed_out_ = true;
    error_code ignored;
    self->socket_.cancel(ignored);
  });
}

void Session::now_waits(Waits what) {
  waits_since_ = core_.clock.now().since_start;
  waits_ = what;
}

void Session::give_way() {
  if (waits_ != Waits::for_us) close();
}

void Session::await_request() {
  parser_.reset();
  if (stopping_) return close();
  if (buffer_.size() > 0) return read_header();  // pipelined: it is here already
  idle_ = true;
  now_waits(Waits::for_a_request);
  arm(core_.limits.idle_timeout);
  socket_.async_read_some(buffer_.prepare(first_read_bytes),
                          [self = shared_from_this()](error_code error, std::size_t bytes) {
                            self->idle_ = false;
                            self->buffer_.commit(bytes);
                            if (error) return self->close();
                            self->read_header();
                          });
}

void Session::read_header() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_.limits.header_bytes_max));
  parser_->body_limit(core_.limits.body_bytes_max);
  now_waits(Waits::for_the_client);
  arm(core_.limits.receive_timeout);
  http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->on_read_failed(error, self->parser_->got_some() || self->buffer_.size() > 0);
    const auto expect = self->parser_->get().find(http::field::expect);
    if (expect == self->parser_->get().end() || self->parser_->is_done()) return self->read_body();
    if (boost::beast::iequals(expect->value(), "100-continue")) return self->continue_100();
    self->refuse(417, "This server knows no such expectation.");
  });
}

// RFC 9110 section 10.1.1: the client waits for this before it sends the body.
void Session::continue_100() {
  response_.emplace(http::status::continue_, 11);
  serializer_.emplace(*response_);
  http::async_write_header(socket_, *serializer_, [self = shared_from_this()](error_code error, std::size_t) {
    self->serializer_.reset();
    if (error) return self->close();
    self->read_body();
  });
}

void Session::read_body() {
  arm(core_.limits.receive_timeout);
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->on_read_failed(error, true);
    self->disarm();
    self->dispatch();
  });
}

void Session::on_read_failed(error_code error, bool in_request) {
  disarm();
  if (timed_out_) return in_request ? refuse(408, "The request did not arrive in time.") : close();
  if (error == http::error::end_of_stream) return close();
  if (error == http::error::body_limit)
    return refuse(413, "The body is larger than " + std::to_string(core_.limits.body_bytes_max) + " bytes.");
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse(431, "The request line and headers are larger than " + std::to_string(core_.limits.header_bytes_max) +
                           " bytes.");
  if (error.category() == make_error_code(http::error::bad_method).category())
    return refuse(400, "This is not an HTTP/1.1 request: " + error.message() + ".");
  close();
}

void Session::dispatch() {
  auto message = parser_->release();
  parser_.reset();
  keep_alive_ = message.keep_alive();
  head_ = message.method() == http::verb::head;
  Request request;
  request.method = message.method_string();
  request.target = message.target();
  for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
  request.body = std::move(message.body());
  error_code gone;
  const auto client = socket_.remote_endpoint(gone);
  if (!gone) request.client = client.address().to_string();
  awaiting_answer_ = true;
  now_waits(Waits::for_us);
  Answer answer(core_.weak_from_this(), weak_from_this(), ++request_);
  try {
    core_.handler.handle(std::move(request), Respond::by_maker(std::move(answer)));
  } catch (...) {  // out of memory at worst; the dropped answer has become a 500
  }
}

void Session::answer(std::uint64_t request, Respond::Make make) {
  if (closed_ || !awaiting_answer_ || request != request_) return;
  awaiting_answer_ = false;
  send(made(std::move(make)), keep_alive_ && !stopping_);
}

Response Session::made(Respond::Make make) {
  try {
    if (make) return make();
  } catch (...) {  // this request's fault alone
  }
  return core_.handler.refuse(500, "The request was left unanswered.");
}

// The rest of the input cannot be trusted to start a request, so the connection ends after this.
void Session::refuse(unsigned status, std::string_view message) {
  parser_.reset();
  head_ = false;
  send(core_.handler.refuse(status, message), false);
}

void Session::send(Response response, bool keep_alive) {
  response_.emplace(static_cast<http::status>(response.status), 11);
  const bool bodiless = response.status == 204 || response.status == 304;  // RFC 9110 section 8.6
  for (auto& [name, value] : response.headers) response_->insert(name, value);
  response_->set(http::field::date, http_date(core_.clock.wall().unix_ms));
  response_->keep_alive(keep_alive);
  if (!bodiless) response_->content_length(response.body.size());
  if (!bodiless && !head_) response_->body() = std::move(response.body);
  serializer_.emplace(*response_);
  serializer_->split(false);
  now_waits(Waits::for_the_client);
  arm(core_.limits.send_timeout);
  const auto sent = [self = shared_from_this(), keep_alive](error_code error, std::size_t) {
    self->disarm();
    self->serializer_.reset();
    self->response_.reset();
    if (error) return self->close();
    if (keep_alive) return self->await_request();
    error_code ignored;
    self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
    self->arm(drain_timeout);
    self->drain(drain_bytes_max);
  };
  http::async_write(socket_, *serializer_, sent);
}

// Closing with unread input would make the kernel send a reset, which can overtake our answer at the client.
void Session::drain(std::size_t left) {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(64 * 1024),
                          [self = shared_from_this(), left](error_code error, std::size_t bytes) {
                            if (error || self->stopping_ || bytes >= left) return self->close();
                            self->drain(left - bytes);
                          });
}

void Session::finish() {
  stopping_ = true;
  error_code ignored;
  if (!awaiting_answer_ && !serializer_) socket_.cancel(ignored);
}

void Session::close() {
  if (std::exchange(closed_, true)) return;
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  core_.remove(id_);
}

void Core::accept() {
  if (stopping || accepting) return;
  {
    const std::scoped_lock lock(mutex);
    if (sessions.size() >= limits.connections_max) return await_another();
  }
  accepting = true;
  acceptor.async_accept(asio::make_strand(io), [this](error_code error, Socket socket) {
    accepting = false;
    if (stopping) return;
    if (error) {
      pause.expires_after(accept_retry);
      pause.async_wait([this](error_code cancelled) {
        if (!cancelled) accept();
      });
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    add(std::make_shared<Session>(*this, std::move(socket), next_id++));
    accept();
  });
}

// At the bound: room is made only when somebody is there to take it.
void Core::await_another() {
  accepting = true;
  acceptor.async_wait(Acceptor::wait_read, [this](error_code error) {
    accepting = false;
    if (!error && !stopping) make_room();
  });
}

// Of those that wait for a request the one that has waited longest goes; else of those in the middle of something the
// one that has kept us waiting longest. Where all are being answered, or just began, it is tried again soon.
void Core::make_room() {
  std::shared_ptr<Session> longest;
  const auto goes_before = [](const Session& a, const Session& b) {
    return std::pair(a.waits(), a.waits_since()) < std::pair(b.waits(), b.waits_since());
  };
  const std::chrono::nanoseconds begun_before = clock.now().since_start - patience;
  {
    const std::scoped_lock lock(mutex);
    for (const auto& [id, session] : sessions) {
      const bool just_began = session->waits() == Waits::for_the_client && session->waits_since() > begun_before;
      if (session->waits() == Waits::for_us || just_began) continue;
      if (!longest || goes_before(*session, *longest)) longest = session;
    }
  }
  if (longest) return longest->run([](Session& self) { self.give_way(); });  // remove() accepts
  pause.expires_after(accept_retry);
  pause.async_wait([this](error_code cancelled) {
    if (!cancelled) accept();
  });
}

void Core::add(std::shared_ptr<Session> session) {
  {
    const std::scoped_lock lock(mutex);
    sessions.emplace(session->id(), session);
  }
  session->run([](Session& self) { self.await_request(); });
}

void Core::remove(std::uint64_t id) {
  {
    const std::scoped_lock lock(mutex);
    sessions.erase(id);
    if (sessions.empty()) gone.notify_all();
  }
  asio::post(door, [this] { accept(); });
}

void Core::stop() {
  asio::post(door, [this] {
    stopping = true;
    pause.cancel();
    error_code ignored;
    acceptor.close(ignored);
    const std::scoped_lock lock(mutex);
    for (const auto& [id, session] : sessions) session->run([](Session& self) { self.finish(); });
  });
  std::unique_lock lock(mutex);
  gone.wait_for(lock, limits.stop_timeout, [this] { return sessions.empty(); });
  io.stop();
}

class AsioHttpServer final : public HttpServer {
 public:
  AsioHttpServer(std::shared_ptr<Core> core, std::uint16_t port, unsigned threads)
      : core_(std::move(core)), port_(port), work_(core_->io.get_executor()), pool_("http", threads, threads) {
    asio::post(core_->door, [core = core_.get()] { core->accept(); });
    for (unsigned i = 0; i < threads; ++i) CHECK(pool_.run([core = core_.get()] { core->io.run(); }));
  }
  ~AsioHttpServer() override { core_->stop(); }

  [[nodiscard]] std::uint16_t port() const override { return port_; }
  [[nodiscard]] std::size_t connections() const override {
    const std::scoped_lock lock(core_->mutex);
    return core_->sessions.size();
  }

 private:
  std::shared_ptr<Core> core_;
  std::uint16_t port_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  rt::ThreadPool pool_;  // last: joined before anything above goes
};

Error listen_error(const std::string& where, const error_code& error) {
  if (error == asio::error::address_in_use)
    return {ErrorCode::conflict, "AddressInUse", where + " is in use by another process"};
  if (error == asio::error::access_denied)
    return {ErrorCode::forbidden, {}, where + ": no permission to listen (ports below 1024 need root)"};
  return {ErrorCode::invalid, {}, "cannot listen on " + where + ": " + error.message()};
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(Handler& handler, const std::string& address, std::uint16_t port,
                                                       unsigned threads, const HttpLimits& limits) {
  CHECK(threads > 0 && limits.connections_max > 0);
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return fail(ErrorCode::invalid, "\"" + address + "\" is not an IP address");
  const tcp::endpoint endpoint(ip, port);
  const std::string where = (ip.is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(port);
  auto core = std::make_shared<Core>(handler, limits);
  auto& acceptor = core->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && ip.is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(listen_error(where, error));
  const auto bound = acceptor.local_endpoint(error).port();
  return std::make_unique<AsioHttpServer>(std::move(core), bound, threads);
}

}  // namespace tarn::api
