#include "rt/asio_stream.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <utility>

#include "base/check.h"

namespace tarn::rt {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::size_t read_bytes_max = 64UL * 1024;  // one delivery; other jobs run between two of them

// What outlives the Stream: pending reads and writes hold it until Asio has given their buffers back.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Protocol::socket socket, std::string peer) : socket_(std::move(socket)), peer_(std::move(peer)) {}

  void start(Stream::Events events) {
    CHECK(!started_ && events.on_bytes && events.on_closed);
    started_ = true;
    events_ = std::move(events);
    read();
  }

  void write(Bytes bytes) {
    if (write_error_ || bytes.empty()) return;
    unsent_ += bytes.size();
    if (writing_) {
      waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
      return;
    }
    sending_ = std::move(bytes);
    send_from(0);
  }

  [[nodiscard]] std::size_t unsent() const { return unsent_; }

  // Our own close: no callback from here on. `events_` stays, since one of them may be running.
  void close() {
    live_ = false;
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(incoming_),
                            [self = shared_from_this()](const error_code& error, std::size_t count) {
                              if (self->live_) self->received(error, count);
                            });
  }

  void received(const error_code& error, std::size_t count) {
    if (count > 0) events_.on_bytes(ByteView(incoming_.data(), count));
    if (!live_) return;
    if (!error) return read();
    close();
    events_.on_closed(Error{ErrorCode::unavailable, {}, closing_words(error)});
  }

  void send_from(std::size_t at) {
    writing_ = true;
    socket_.async_write_some(asio::buffer(sending_.data() + at, sending_.size() - at),
                             [self = shared_from_this(), at](const error_code& error, std::size_t count) {
                               if (self->live_) self->sent(error, at, count);
                             });
  }

  void sent(const error_code& error, std::size_t at, std::size_t count) {
    unsent_ -= count;
    if (error) return stop_writing(error);
    if (at + count < sending_.size()) return send_from(at + count);
    sending_ = std::exchange(waiting_, {});
    if (!sending_.empty()) return send_from(0);
    writing_ = false;
    if (events_.on_drained) events_.on_drained();
  }

  // What the peer sent before it stopped listening must still be delivered. After the shutdown our pending read gets
  // those bytes and then the end, even from a peer that only closed its receiving side.
  void stop_writing(const error_code& error) {
    write_error_ = error;
    unsent_ = 0;
    error_code ignored;
    socket_.shutdown(Protocol::socket::shutdown_both, ignored);
  }

  [[nodiscard]] std::string closing_words(const error_code& error) const {
    if (write_error_) return "sending to " + peer_ + ": " + write_error_.message();
    if (error == asio::error::eof) return peer_ + " closed the connection";
    return "receiving from " + peer_ + ": " + error.message();
  }

  Protocol::socket socket_;
  std::string peer_;
  Stream::Events events_;
  std::array<Byte, read_bytes_max> incoming_{};
  Bytes sending_;  // being written
  Bytes waiting_;  // to be written next
  std::size_t unsent_ = 0;
  bool started_ = false;
  bool writing_ = false;
  bool live_ = true;
  error_code write_error_;
};

class AsioStream final : public Stream {
 public:
  explicit AsioStream(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~AsioStream() override { connection_->close(); }

  void start(Events events) override { connection_->start(std::move(events)); }
  void write(Bytes bytes) override { connection_->write(std::move(bytes)); }
  [[nodiscard]] std::size_t unsent() const override { return connection_->unsent(); }

 private:
  std::shared_ptr<Connection> connection_;
};

Error dial_error(const std::string& path, const error_code& error) {
  const bool forbidden = error == asio::error::access_denied;
  return {
      forbidden ? ErrorCode::forbidden : ErrorCode::unavailable, {}, "connecting to " + path + ": " + error.message()};
}

struct Dialling {
  Dialling(asio::io_context& context, std::string to, Dialer::Done call)
      : socket(context), path(std::move(to)), done(std::move(call)) {}

  void answer(Result<std::unique_ptr<Stream>> result) {
    if (auto call = std::exchange(done, nullptr)) call(std::move(result));
  }

  void connected(error_code error) {
    // A listener whose backlog is full answers EAGAIN, which Asio takes for a connection in progress and then for an
    // established one. Only a real connection has a peer.
    if (!error) static_cast<void>(socket.remote_endpoint(error));
    if (error) return answer(fail(dial_error(path, error)));
    answer(std::make_unique<AsioStream>(std::make_shared<Connection>(std::move(socket), path)));
  }

  Protocol::socket socket;
  std::string path;
  Dialer::Done done;  // empty once answered or given up
};

class AsioAttempt final : public Dialer::Attempt {
 public:
  explicit AsioAttempt(std::shared_ptr<Dialling> dialling) : dialling_(std::move(dialling)) {}
  ~AsioAttempt() override {
    dialling_->done = nullptr;
    error_code ignored;
    dialling_->socket.close(ignored);
  }

 private:
  std::shared_ptr<Dialling> dialling_;
};

}  // namespace

std::unique_ptr<Dialer::Attempt> AsioDialer::dial(const std::string& path, Done done) {
  CHECK(done);
  auto dialling = std::make_shared<Dialling>(loop_.context(), path, std::move(done));
  if (path.empty() || path.size() > socket_path_bytes_max) {
    loop_.post([dialling] {
      dialling->answer(fail(ErrorCode::invalid, "\"" + dialling->path + "\" is no path of a unix socket: 1 to " +
                                                    std::to_string(socket_path_bytes_max) + " bytes"));
    });
  } else {
    dialling->socket.async_connect(Protocol::endpoint(path),
                                   [dialling](const error_code& error) { dialling->connected(error); });
  }
  return std::make_unique<AsioAttempt>(std::move(dialling));
}

std::unique_ptr<Stream> stream_from_descriptor(AsioLoop& loop, int descriptor, std::string peer) {
  Protocol::socket socket(loop.context());
  error_code error;
  socket.assign(Protocol(), descriptor, error);
  CHECK(!error);
  return std::make_unique<AsioStream>(std::make_shared<Connection>(std::move(socket), std::move(peer)));
}

}  // namespace tarn::rt
