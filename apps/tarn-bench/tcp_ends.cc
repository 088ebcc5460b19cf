#include "tcp_ends.h"

#include <sys/socket.h>
#include <sys/time.h>

#include "endpoint.h"
#include "inside_namespace.h"

namespace tarn::bench {
namespace {

using rt::Descriptor;

constexpr std::uint16_t stream_port = 7001;
constexpr timeval patience{10, 0};  // of each call that may block

Descriptor stream_socket() {
  Descriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);  // accept(2) too
  setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);  // connect(2) too
  return made;
}

bool is_at(const Descriptor& made, const Ip& address, std::uint16_t port) {
  const int on = 1;
  setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in here = endpoint(address, port);
  return bind(made.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0;
}

Descriptor listener(const Ip& address) {
  Descriptor made = stream_socket();
  const bool listens = is_at(made, address, stream_port) && listen(made.get(), 1) == 0;
  return listens ? std::move(made) : Descriptor();
}

Descriptor connection(const Ip& address, const Ip& own, std::uint16_t source) {
  Descriptor made = stream_socket();
  if (source != 0 && !is_at(made, own, source)) return Descriptor();
  const sockaddr_in there = endpoint(address, stream_port);
  const bool open = connect(made.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
  return open ? std::move(made) : Descriptor();
}

}  // namespace

Result<TcpEnds> open_tcp(const PathEnd& from, const PathEnd& to, std::uint16_t source) {
  const auto listening = open_inside(to.network_namespace, [&] { return listener(to.address); });
  if (!listening) return std::unexpected(listening.error());
  auto opened = open_inside(from.network_namespace, [&] { return connection(to.address, from.address, source); });
  if (!opened) return std::unexpected(opened.error());
  Descriptor taken(accept4(listening->get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!taken.ok()) return fail(ErrorCode::unavailable, "the TCP connection was not taken");
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
    setsockopt(taken.get(), SOL_SOCKET, option, &patience, sizeof patience);
  // It ends by a reset: in TIME-WAIT it may not take a connection of the same translated port for a new one, as Linux
  // goes by timestamps, which begin anew with each port (RFC 6191).
  const linger none{1, 0};
  setsockopt(taken.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
  return TcpEnds{std::move(*opened), std::move(taken)};
}

}  // namespace tarn::bench
