#include "live/sockets.h"

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ostream>

#include "rt/visit.h"

namespace tarn::testing {
namespace {

constexpr int receive_buffer_bytes = 8 << 20;

}  // namespace

std::string Endpoint::text() const {
  return ip.text() + " port " + std::to_string(port);
}

void PrintTo(const Endpoint& endpoint, std::ostream* out) {
  *out << endpoint.text();
}

sockaddr_storage kernel_form(const Endpoint& endpoint) {
  sockaddr_storage storage{};
  if (endpoint.ip.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    std::memcpy(&v4->sin_addr, endpoint.ip.bytes.data(), 4);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    std::memcpy(&v6->sin6_addr, endpoint.ip.bytes.data(), 16);
  }
  return storage;
}

Endpoint endpoint_in(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    return {Ip::from_v4(ntohl(v4->sin_addr.s_addr)), ntohs(v4->sin_port)};
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6->sin6_addr, bytes.size());
  return {Ip::from_v6(bytes), ntohs(v6->sin6_port)};
}

const sockaddr* raw(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}

Socket open_socket(const Ip& ip, int type) {
  Socket socket(::socket(ip.is_v4() ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  return socket;
}

Status bind_to(const Socket& socket, const Endpoint& here) {
  const sockaddr_storage storage = kernel_form(here);
  if (bind(socket.get(), raw(storage), sizeof storage) == 0) return {};
  return fail(ErrorCode::unavailable, "cannot bind " + here.text() + ": " + std::strerror(errno));
}

Result<Socket> open_inside(const std::string& netns, int type, const Endpoint& here) {
  const rt::Visit inside(netns);
  if (!inside.ok()) return fail(ErrorCode::not_found, "no namespace " + netns);
  Socket socket = open_socket(here.ip, type);
  if (here.ip.is_zero() && here.port == 0) return socket;
  if (Status bound = bind_to(socket, here); !bound) return fail(bound.error());
  return socket;
}

bool await_events(const Socket& socket, short events, std::chrono::milliseconds timeout) {
  pollfd waited{socket.get(), events, 0};
  return poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(timeout.count(), 0))) > 0;
}

}  // namespace tarn::testing
