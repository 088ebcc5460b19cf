// Where questions come in: UDP and TCP sockets at the service's addresses, each with its bounds. Knows nothing of what
// is asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "names/desk.h"
#include "rt/asio_loop.h"

namespace tarn::names {

inline constexpr std::uint16_t names_port = 53;
inline constexpr std::size_t question_bytes_max = 4096;  // a longer one is no question: a name has 255 bytes

struct DoorLimits {
  std::size_t connections_max = 128;
  std::size_t connections_of_one_max = 8;                // of one client; more are closed at once
  rt::Duration idle_timeout = std::chrono::seconds(10);  // of a connection without a whole question
};

class Doors {
 public:
  // Absent: nothing is said; by TCP the connection is closed.
  using Reply = std::move_only_function<void(std::optional<Bytes>)>;
  using Answer = std::function<void(const std::string& client, Bytes message, Transport transport, Reply reply)>;

  // At each of the addresses ("169.254.169.254", "fe80::1%eth0"), in the namespace that the calling thread is in.
  // Port 0: one that is free. `loop` outlives this; a reply that comes after the end of this is dropped.
  static Result<std::unique_ptr<Doors>> open(rt::AsioLoop& loop, const std::vector<std::string>& addresses,
                                             std::uint16_t port, Answer answer, DoorLimits limits = {});
  ~Doors();
  Doors(const Doors&) = delete;
  Doors& operator=(const Doors&) = delete;

  [[nodiscard]] std::uint16_t port() const;  // of the first address

 private:
  struct Core;
  explicit Doors(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace tarn::names
