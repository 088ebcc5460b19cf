#include "names/asio_upstream.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "rt/choice.h"

namespace tarn::names {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

asio::ip::address address_of(const Ip& ip) {
  if (ip.is_v4()) return asio::ip::address_v4(ip.v4());
  return asio::ip::address_v6(ip.bytes);
}

std::uint16_t chosen_id() {
  std::array<std::uint8_t, 2> bytes{};
  rt::secret_bytes(bytes);
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

}  // namespace

// One question on its way; nothing more happens to it once it is ended. Never outlives what it was asked by.
class AsioUpstream::Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(AsioUpstream& up, std::uint32_t asker, Question question, Bytes message, Transport transport, Done done)
      : up_(up),
        asker_(asker),
        question_(std::move(question)),
        message_(std::move(message)),
        transport_(transport),
        done_(std::move(done)) {}

  // With one forwarder alone it is asked twice: a datagram may be lost.
  void next() {
    hang_up();
    if (tried_ == std::min(up_.limits_.tries_max, std::max<std::size_t>(2, up_.forwarders_.size())))
      return finish(std::exchange(last_, std::nullopt));
    const Forwarder& forwarder = up_.forwarders_[tried_++ % up_.forwarders_.size()];
    id_ = chosen_id();
    timer_ = up_.loop_.after(up_.limits_.try_timeout, [this] { next(); });
    if (transport_ == Transport::datagram) return send({address_of(forwarder.address), forwarder.port});
    connect({address_of(forwarder.address), forwarder.port});
  }

  void end() {
    timer_.reset();
    hang_up();
  }

 private:
  // What is under way on a socket holds it, until it is closed.
  void hang_up() {
    error_code ignored;
    if (socket_) socket_->close(ignored);
    if (stream_) stream_->close(ignored);
    socket_.reset();
    stream_.reset();
  }

  // A call that ends late, for a try that is over, finds another socket.
  template <class Held, class Then>
  auto during(const std::shared_ptr<Held>& held, std::shared_ptr<Held> Exchange::* member, Then then) {
    return [self = shared_from_this(), held, member, then = std::move(then)](error_code error, std::size_t size = 0) {
      if ((*self).*member != held) return;
      if (error) {
        self->next();
      } else {
        then(*self, size);
      }
    };
  }

  // Connected, so the kernel takes nothing from anybody else; its port is one by chance.
  void send(const udp::endpoint& to) {
    socket_ = std::make_shared<udp::socket>(up_.loop_.context());
    error_code error;
    socket_->connect(to, error);
    if (!error) socket_->non_blocking(true, error);
    if (!error) socket_->send(asio::buffer(with_id(message_, id_)), 0, error);
    if (!error) return receive();
    up_.loop_.post(
        [failed = during(socket_, &Exchange::socket_, [](Exchange&, std::size_t) {}), error] { failed(error); });
  }

  void receive() {
    answer_.resize(stream_bytes_max);
    socket_->async_receive(asio::buffer(answer_),
                           during(socket_, &Exchange::socket_, [](Exchange& self, std::size_t size) {
                             self.answer_.resize(size);
                             if (!self.take()) self.receive();
                           }));
  }

  void connect(const tcp::endpoint& to) {
    stream_ = std::make_shared<tcp::socket>(up_.loop_.context());
    stream_->async_connect(to, during(stream_, &Exchange::stream_, [](Exchange& self, std::size_t) { self.write(); }));
  }

  void write() {
    sent_ = with_id(message_, id_);
    const auto size = static_cast<std::uint16_t>(sent_.size());
    sent_.insert(sent_.begin(), {static_cast<Byte>(size >> 8), static_cast<Byte>(size)});
    answer_.resize(2);
    asio::async_write(*stream_, asio::buffer(sent_),
                      during(stream_, &Exchange::stream_, [](Exchange& self, std::size_t) { self.read_size(); }));
  }

  void read_size() {
    asio::async_read(*stream_, asio::buffer(answer_),
                     during(stream_, &Exchange::stream_, [](Exchange& self, std::size_t) { self.read_answer(); }));
  }

  void read_answer() {
    answer_.resize(static_cast<std::size_t>(answer_[0]) << 8 | answer_[1]);
    asio::async_read(*stream_, asio::buffer(answer_),
                     during(stream_, &Exchange::stream_, [](Exchange& self, std::size_t) {
                       if (!self.take()) self.next();
                     }));
  }

  // False: it is no answer to what was asked.
  bool take() {
    if (!is_answer(answer_, question_, id_)) return false;
    const Code code = code_of(answer_);
    Bytes answer = with_id(answer_, question_.id);
    if (code != Code::server_failure && code != Code::refused) {
      finish(std::move(answer));
    } else {
      last_ = std::move(answer);  // another may know better
      next();
    }
    return true;
  }

  void finish(std::optional<Bytes> answer) {
    const std::shared_ptr<Exchange> self = shared_from_this();
    end();
    up_.end(self, asker_);
    done_(std::move(answer));
  }

  AsioUpstream& up_;
  const std::uint32_t asker_;
  const Question question_;
  const Bytes message_;
  const Transport transport_;
  Done done_;
  std::size_t tried_ = 0;
  std::uint16_t id_ = 0;
  std::shared_ptr<udp::socket> socket_;  // of the try under way, likewise the next
  std::shared_ptr<tcp::socket> stream_;
  rt::TimerHandle timer_;
  Bytes sent_;
  Bytes answer_;
  std::optional<Bytes> last_;  // where all refuse, what they said
};

AsioUpstream::AsioUpstream(rt::AsioLoop& loop, std::vector<Forwarder> forwarders, UpstreamLimits limits)
    : loop_(loop), forwarders_(std::move(forwarders)), limits_(limits) {}

AsioUpstream::~AsioUpstream() {
  for (const auto& exchange : under_way_) exchange->end();
}

void AsioUpstream::ask(std::uint32_t asker, const Question& question, Bytes message, Transport transport, Done done) {
  const auto of_one = of_asker_.find(asker);
  const bool full = under_way_.size() == limits_.under_way_max ||
                    (of_one != of_asker_.end() && of_one->second == limits_.under_way_of_one_max);
  if (forwarders_.empty() || full) {
    loop_.post([done = std::move(done)]() mutable { done(std::nullopt); });
    return;
  }
  ++of_asker_[asker];
  (*under_way_
        .insert(std::make_shared<Exchange>(*this, asker, question, std::move(message), transport, std::move(done)))
        .first)
      ->next();
}

void AsioUpstream::end(const std::shared_ptr<Exchange>& exchange, std::uint32_t asker) {
  under_way_.erase(exchange);
  if (--of_asker_[asker] == 0) of_asker_.erase(asker);
}

}  // namespace tarn::names
