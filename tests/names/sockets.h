// Sockets of plain system calls on the loopback, so that what speaks over the network is not only tested against
// itself. They never wait: a test asks them again until something has come.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "base/bytes.h"
#include "rt/descriptor.h"

namespace tarn::names::test {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Socket {
 public:
  explicit Socket(int type) : descriptor_(::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  explicit Socket(rt::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  void bind(std::uint16_t port = 0) const {
    const int yes = 1;
    ::setsockopt(descriptor_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in address = loopback(port);
    EXPECT_EQ(::bind(descriptor_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  void listen() const { EXPECT_EQ(::listen(descriptor_.get(), 16), 0); }
  void connect(std::uint16_t port) const {
    const sockaddr_in address = loopback(port);
    static_cast<void>(::connect(descriptor_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  // Who has connected; none yet.
  [[nodiscard]] std::optional<Socket> accept() const {
    rt::Descriptor taken(::accept4(descriptor_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    return taken.ok() ? std::optional(Socket(std::move(taken))) : std::nullopt;
  }
  // What has come, and from which port; none yet.
  [[nodiscard]] std::optional<Bytes> take(std::uint16_t* from = nullptr) const {
    Bytes got(65'536);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    const ssize_t count =
        ::recvfrom(descriptor_.get(), got.data(), got.size(), 0, reinterpret_cast<sockaddr*>(&address), &size);
    if (count < 0) return std::nullopt;
    if (from != nullptr) *from = ntohs(address.sin_port);
    got.resize(static_cast<std::size_t>(count));
    return got;
  }
  void say(const Bytes& bytes) const {
    EXPECT_EQ(::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), ssize_t(bytes.size()));
  }
  void say_to(std::uint16_t port, const Bytes& bytes) const {
    const sockaddr_in address = loopback(port);
    EXPECT_EQ(::sendto(descriptor_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                       sizeof address),
              ssize_t(bytes.size()));
  }

 private:
  rt::Descriptor descriptor_;
};

// As messages go by TCP (RFC 1035 section 4.2.2).
inline Bytes framed(const Bytes& message) {
  Bytes framed{static_cast<Byte>(message.size() >> 8), static_cast<Byte>(message.size())};
  framed.insert(framed.end(), message.begin(), message.end());
  return framed;
}

}  // namespace tarn::names::test
