// A byte stream to a peer: a unix socket in production, a pipe that cuts and splits at any byte in the simulator.
// Belongs to who dialled it. Knows bytes only: no messages, no protocol, no reconnecting.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace tarn::rt {

// All callbacks run on the loop, never inside a call into the stream.
class Stream {
 public:
  struct Events {
    std::function<void(ByteView)> on_bytes;
    std::function<void(Error)> on_closed;  // at most once, and the last callback; not after our own close
    std::function<void()> on_drained;      // `unsent()` came back to zero; may be empty
  };
  virtual ~Stream() = default;  // closes without a callback

  // Call once, first. Bytes received before are delivered afterwards.
  virtual void start(Events events) = 0;
  // Queues bytes for sending. The caller bounds what it queues by watching `unsent()`.
  virtual void write(Bytes bytes) = 0;
  [[nodiscard]] virtual std::size_t unsent() const = 0;
};

class Dialer {
 public:
  using Done = std::move_only_function<void(Result<std::unique_ptr<Stream>>)>;
  virtual ~Dialer() = default;
  // Connects to the unix socket at `path`. `done` runs on the loop, once; the answer is dropped when the returned
  // handle is gone by then.
  class Attempt {
   public:
    virtual ~Attempt() = default;
  };
  [[nodiscard]] virtual std::unique_ptr<Attempt> dial(const std::string& path, Done done) = 0;
};

}  // namespace tarn::rt
