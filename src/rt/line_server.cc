#include "rt/line_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <map>
#include <optional>
#include <utility>

#include "base/check.h"
#include "rt/asio_stream.h"
#include "rt/unix_listener.h"

namespace tarn::rt {
namespace {

using Protocol = boost::asio::local::stream_protocol;

constexpr Duration accept_retry = std::chrono::milliseconds(200);  // after the system had no descriptor for us

Bytes line(std::string text) {
  CHECK(text.find('\n') == std::string::npos);
  text += '\n';
  return {text.begin(), text.end()};
}

Bytes refusal(const std::string& why) {
  return line(R"({"error":{"message":")" + why + R"("}})");
}

}  // namespace

struct LineServer::Core : std::enable_shared_from_this<LineServer::Core> {
  // A connected client. `input` is what came and is not yet a request handed on.
  struct Client {
    std::unique_ptr<Stream> stream;
    std::string input;
    bool busy = false;     // from a request until the last byte of its answer is sent
    bool leaving = false;  // closed as soon as what we say last is sent
    TimerHandle silence;
  };
  using ClientNumber = std::uint64_t;

  // The right to answer one request, which closes the client's connection if it is thrown away.
  class Turn {
   public:
    Turn(std::weak_ptr<Core> core, ClientNumber number) : core_(std::move(core)), number_(number) {}
    Turn(Turn&& other) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (const auto core = core_.lock()) core->loop.post([core, number = number_] { core->clients.erase(number); });
    }
    void answer(std::string text) {
      if (const auto core = std::exchange(core_, {}).lock()) core->answer(number_, std::move(text));
    }

   private:
    std::weak_ptr<Core> core_;  // empty once answered or moved from
    ClientNumber number_;
  };

  Core(AsioLoop& on, UnixListener at, Handler handle, Bounds limits)
      : loop(on), file(std::move(at)), handler(std::move(handle)), bounds(limits), acceptor(loop.context()) {
    acceptor.assign(Protocol(), file->release());
  }

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const boost::system::error_code& error, Protocol::socket socket) {
      if (!self->acceptor.is_open()) return;
      if (!error) self->welcome(socket.release());
      if (!error) return self->accept();
      self->retry = self->loop.after(accept_retry, [self = self.get()] { self->accept(); });
    });
  }

  void welcome(int descriptor) {
    const ClientNumber number = ++last_number;
    const bool full = clients.size() >= bounds.clients;
    if (full && clients.size() >= 2 * bounds.clients) {  // not even room for those who are told to go
      static_cast<void>(stream_from_descriptor(loop, descriptor, "client"));
      return;
    }
    Client& client = clients[number];
    client.stream = stream_from_descriptor(loop, descriptor, "client");
    client.stream->start({[this, number](ByteView bytes) { received(number, bytes); },
                          [this, number](const Error&) { clients.erase(number); },
                          [this, number] { drained(number); }});
    if (full) return dismiss(number, "too many clients at once");
    expect_soon(number);
  }

  // Closes the client unless it does within `bounds.silence` what it is expected to do.
  void expect_soon(ClientNumber number) {
    clients.at(number).silence = loop.after(bounds.silence, [this, number] { clients.erase(number); });
  }

  void received(ClientNumber number, ByteView bytes) {
    Client& client = clients.at(number);
    if (client.leaving) return;
    client.input.append(bytes.begin(), bytes.end());
    if (client.input.size() > bounds.request_bytes) return dismiss(number, "the request is too long");
    if (!client.busy) next_request(number);
  }

  void next_request(ClientNumber number) {
    Client& client = clients.at(number);
    const std::size_t length = client.input.find('\n');
    if (length == std::string::npos) return;
    std::string request = client.input.substr(0, length);
    client.input.erase(0, length + 1);
    client.busy = true;
    client.silence.reset();
    const auto alive = shared_from_this();  // the handler may destroy the server while no accept is pending
    handler(std::move(request),
            [turn = Turn(weak_from_this(), number)](std::string text) mutable { turn.answer(std::move(text)); });
  }

  void answer(ClientNumber number, std::string text) {
    const auto found = clients.find(number);
    if (found == clients.end() || found->second.leaving) return;
    found->second.stream->write(line(std::move(text)));
    expect_soon(number);
  }

  void dismiss(ClientNumber number, const std::string& why) {
    Client& client = clients.at(number);
    client.leaving = true;
    client.input.clear();
    client.stream->write(refusal(why));
    expect_soon(number);
  }

  // A client that does not read its answers gets no further request served: nothing piles up for it.
  void drained(ClientNumber number) {
    Client& client = clients.at(number);
    if (client.leaving) {
      clients.erase(number);
      return;
    }
    client.busy = false;
    expect_soon(number);
    next_request(number);
  }

  AsioLoop& loop;
  std::optional<UnixListener> file;
  Handler handler;
  const Bounds bounds;
  Protocol::acceptor acceptor;
  TimerHandle retry;
  std::map<ClientNumber, Client> clients;
  ClientNumber last_number = 0;
};

Result<std::unique_ptr<LineServer>> LineServer::listen(AsioLoop& loop, std::string path, Handler handler,
                                                       Bounds bounds) {
  CHECK(handler && bounds.clients > 0);
  auto file = UnixListener::open(std::move(path));
  if (!file) return fail(std::move(file.error()));
  auto core = std::make_shared<Core>(loop, std::move(*file), std::move(handler), bounds);
  core->accept();
  return std::unique_ptr<LineServer>(new LineServer(std::move(core)));
}

Result<std::unique_ptr<LineServer>> LineServer::listen(AsioLoop& loop, std::string path, Handler handler) {
  return listen(loop, std::move(path), std::move(handler), Bounds());
}

LineServer::LineServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

LineServer::~LineServer() {
  boost::system::error_code ignored;
  core_->acceptor.close(ignored);
  core_->retry.reset();
  core_->clients.clear();
  core_->file.reset();
}

}  // namespace tarn::rt
