#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <map>

#include "names/doors.h"

namespace tarn::names {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

constexpr rt::Duration accept_retry = std::chrono::milliseconds(100);  // after running out of descriptors

}  // namespace

struct Doors::Core {
  class DatagramDoor;
  class StreamDoor;
  class Connection;

  Core(rt::AsioLoop& on, Answer what, DoorLimits bounds) : loop(on), answer(std::move(what)), limits(bounds) {}

  rt::AsioLoop& loop;
  const Answer answer;
  const DoorLimits limits;
  std::vector<std::shared_ptr<DatagramDoor>> datagrams;
  std::vector<std::shared_ptr<StreamDoor>> streams;
  std::map<std::shared_ptr<Connection>, std::string> connections;  // by whom
};

class Doors::Core::DatagramDoor : public std::enable_shared_from_this<DatagramDoor> {
 public:
  DatagramDoor(Core& core, udp::socket socket) : core_(core), socket_(std::move(socket)) {}

  void receive() {
    message_.resize(question_bytes_max);
    socket_.async_receive_from(asio::buffer(message_), from_,
                               [self = shared_from_this()](error_code error, std::size_t size) {
                                 if (!self->socket_.is_open()) return;
                                 if (!error) self->ask(size);
                                 self->receive();
                               });
  }
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }
  [[nodiscard]] udp::endpoint local() const { return socket_.local_endpoint(); }

 private:
  void ask(std::size_t size) {
    message_.resize(size);
    core_.answer(from_.address().to_string(), std::move(message_), Transport::datagram,
                 [door = weak_from_this(), to = from_](std::optional<Bytes> reply) {
                   const auto self = door.lock();
                   error_code ignored;  // who asked asks again
                   if (self && reply) self->socket_.send_to(asio::buffer(*reply), to, 0, ignored);
                 });
  }

  Core& core_;
  udp::socket socket_;
  udp::endpoint from_;
  Bytes message_;
};

// Questions one after another; the next is read when the last is answered.
class Doors::Core::Connection : public std::enable_shared_from_this<Connection> {
  template <class Then>
  auto going_on(Then then) {
    return [self = shared_from_this(), then = std::move(then)](error_code error, std::size_t) {
      if (!self->socket_.is_open()) return;
      if (error) {
        self->close();
      } else {
        then(*self);
      }
    };
  }

 public:
  Connection(Core& core, tcp::socket socket, std::string client)
      : core_(core), socket_(std::move(socket)), client_(std::move(client)) {}

  void read() {
    timer_ = core_.loop.after(core_.limits.idle_timeout, [this] { close(); });
    message_.resize(2);
    asio::async_read(socket_, asio::buffer(message_), going_on([](Connection& self) { self.read_message(); }));
  }
  void close() {
    const auto self = shared_from_this();
    error_code ignored;
    socket_.close(ignored);
    timer_.reset();
    core_.connections.erase(self);
  }

 private:
  void read_message() {
    const std::size_t size = static_cast<std::size_t>(message_[0]) << 8 | message_[1];
    if (size > question_bytes_max) return close();
    message_.resize(size);
    asio::async_read(socket_, asio::buffer(message_), going_on([](Connection& self) { self.ask(); }));
  }

  void ask() {
    timer_.reset();
    core_.answer(client_, std::move(message_), Transport::stream,
                 [connection = weak_from_this()](std::optional<Bytes> reply) {
                   if (const auto self = connection.lock(); self && self->socket_.is_open())
                     self->say(std::move(reply));
                 });
  }

  void say(std::optional<Bytes> reply) {
    if (!reply || reply->size() > stream_bytes_max) return close();
    reply_ = std::move(*reply);
    const std::size_t size = reply_.size();
    reply_.insert(reply_.begin(), {static_cast<Byte>(size >> 8), static_cast<Byte>(size)});
    timer_ = core_.loop.after(core_.limits.idle_timeout, [this] { close(); });
    asio::async_write(socket_, asio::buffer(reply_), going_on([](Connection& self) { self.read(); }));
  }

  Core& core_;
  tcp::socket socket_;
  const std::string client_;
  Bytes message_;
  Bytes reply_;
  rt::TimerHandle timer_;
};

class Doors::Core::StreamDoor : public std::enable_shared_from_this<StreamDoor> {
 public:
  StreamDoor(Core& core, tcp::acceptor acceptor) : core_(core), acceptor_(std::move(acceptor)) {}

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (!self->acceptor_.is_open()) return;
      if (!error) {
        self->take(std::move(socket));
        self->accept();
      } else {
        self->pause_ = self->core_.loop.after(accept_retry, [door = self.get()] { door->accept(); });
      }
    });
  }
  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.reset();
  }

 private:
  void take(tcp::socket socket) {
    error_code error;
    const std::string client = socket.remote_endpoint(error).address().to_string();
    std::size_t of_one = 0;
    for (const auto& [connection, whose] : core_.connections) of_one += whose == client ? 1 : 0;
    const bool full =
        core_.connections.size() >= core_.limits.connections_max || of_one >= core_.limits.connections_of_one_max;
    if (error || full) return;
    const auto connection = std::make_shared<Connection>(core_, std::move(socket), client);
    core_.connections.emplace(connection, client);
    connection->read();
  }

  Core& core_;
  tcp::acceptor acceptor_;
  rt::TimerHandle pause_;
};

namespace {

template <class Socket>
error_code bind_at(Socket& socket, const typename Socket::endpoint_type& at) {
  error_code error;
  socket.open(at.protocol(), error);
  if (!error && at.address().is_v6()) socket.set_option(asio::ip::v6_only(true), error);
  if (!error) socket.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) socket.bind(at, error);
  return error;
}

struct Pair {
  udp::socket datagrams;
  tcp::acceptor streams;
};

// Both at one port. Port 0: one that is free for both; which is free for the one may be taken by a connection of
// another process for the other.
Result<Pair> bind_both(rt::AsioLoop& loop, const std::string& text, std::uint16_t port) {
  constexpr int tries_max = 20;
  error_code error;
  const asio::ip::address address = asio::ip::make_address(text, error);
  for (int tries = 0; !error || (error == asio::error::address_in_use && port == 0 && tries < tries_max); ++tries) {
    Pair pair{udp::socket(loop.context()), tcp::acceptor(loop.context())};
    error = bind_at(pair.datagrams, {address, port});
    if (!error) pair.datagrams.non_blocking(true, error);
    if (!error) error = bind_at(pair.streams, {address, port == 0 ? pair.datagrams.local_endpoint().port() : port});
    if (!error) pair.streams.listen(asio::socket_base::max_listen_connections, error);
    if (!error) return pair;
  }
  return fail(ErrorCode::unavailable, "listening at " + text + ": " + error.message());
}

}  // namespace

Doors::Doors(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Doors::~Doors() {
  for (const auto& door : core_->datagrams) door->close();
  for (const auto& door : core_->streams) door->close();
  while (!core_->connections.empty()) core_->connections.begin()->first->close();
}

Result<std::unique_ptr<Doors>> Doors::open(rt::AsioLoop& loop, const std::vector<std::string>& addresses,
                                           std::uint16_t port, Answer answer, DoorLimits limits) {
  auto core = std::make_shared<Core>(loop, std::move(answer), limits);
  for (const std::string& text : addresses) {
    auto pair = bind_both(loop, text, port);
    if (!pair) return std::unexpected(pair.error());
    core->datagrams.push_back(std::make_shared<Core::DatagramDoor>(*core, std::move(pair->datagrams)));
    core->streams.push_back(std::make_shared<Core::StreamDoor>(*core, std::move(pair->streams)));
  }
  for (const auto& door : core->datagrams) door->receive();
  for (const auto& door : core->streams) door->accept();
  return std::unique_ptr<Doors>(new Doors(std::move(core)));
}

std::uint16_t Doors::port() const {
  return core_->datagrams.front()->local().port();
}

}  // namespace tarn::names
