// Sockets inside namespaces, as plain values: whoever opened one during a visit (rt/visit.h) keeps it there.
// Never blocking: who waits, waits for one to become readable.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <iosfwd>
#include <string>

#include "base/address.h"
#include "base/result.h"
#include "rt/descriptor.h"

namespace tarn::testing {

using Socket = rt::Descriptor;

struct Endpoint {
  Ip ip;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
  [[nodiscard]] std::string text() const;  // "203.0.113.1 port 80"
};

void PrintTo(const Endpoint& endpoint, std::ostream* out);  // as GoogleTest tells a value

sockaddr_storage kernel_form(const Endpoint& endpoint);
Endpoint endpoint_in(const sockaddr_storage& storage);
const sockaddr* raw(const sockaddr_storage& storage);

// SOCK_STREAM or SOCK_DGRAM, of the namespace that the thread is in, with room for what waits.
Socket open_socket(const Ip& ip, int type);
Status bind_to(const Socket& socket, const Endpoint& here);
// The same inside `netns`, bound unless port and address are zero. Errors: no such namespace, or who has the port.
Result<Socket> open_inside(const std::string& netns, int type, const Endpoint& here);

// Waits until one of poll(2)'s `events` is there; an error of the socket is one too. False after the timeout.
bool await_events(const Socket& socket, short events, std::chrono::milliseconds timeout);

}  // namespace tarn::testing
