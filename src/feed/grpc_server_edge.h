// The feed's listener: gRPC streams in, lines of a ServerFeed out. Owned by the server's wiring, lives on its loop;
// the feed outlives it. gRPC's own threads end in a mailbox; nothing of gRPC is seen here.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "feed/server_feed.h"
#include "rt/loop.h"

namespace tarn::feed {

class GrpcServerEdge {
 public:
  virtual ~GrpcServerEdge() = default;  // ends every stream and stops listening; waits for gRPC, never for the loop

  // `address` is "unix:/path" (made with mode 0600) or "127.0.0.1:PORT" (0: the kernel chooses).
  // Errors: unavailable, when it cannot be listened on; the message names it.
  static Result<std::unique_ptr<GrpcServerEdge>> listen(rt::Loop& loop, ServerFeed& feed, const std::string& address);

  // What agents dial.
  [[nodiscard]] virtual std::string address() const = 0;
};

}  // namespace tarn::feed
