// Streams over unix sockets on an AsioLoop, and the Dialer that makes them.
// A stream belongs to who dialled or accepted it and is destroyed before the loop. Knows bytes only, no protocol.
#pragma once

#include <memory>
#include <string>

#include "rt/asio_loop.h"
#include "rt/stream.h"

namespace tarn::rt {

// The longest path a unix socket can have on Linux (unix(7): sun_path is 108 bytes with its closing zero).
inline constexpr std::size_t socket_path_bytes_max = 107;

// Errors of dial(), each naming the path: unavailable (nobody listens there, or the listener is overrun), forbidden
// (the file's mode), invalid (the path is empty or longer than socket_path_bytes_max).
class AsioDialer final : public Dialer {
 public:
  explicit AsioDialer(AsioLoop& loop) : loop_(loop) {}
  [[nodiscard]] std::unique_ptr<Attempt> dial(const std::string& path, Done done) override;

 private:
  AsioLoop& loop_;
};

// Takes over a connected stream socket's descriptor, e.g. one just accepted. `peer` names it in errors.
std::unique_ptr<Stream> stream_from_descriptor(AsioLoop& loop, int descriptor, std::string peer);

}  // namespace tarn::rt
