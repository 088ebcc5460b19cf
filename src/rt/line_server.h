// A control socket for operators: each line received is one request, answered by one line (JSON both ways by the
// callers' agreement; this file knows lines only). Owned by a program's main, destroyed before its loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "rt/asio_loop.h"

namespace tarn::rt {

class LineServer {
 public:
  // Called at most once, on the loop, now or later, without the line's end in the text. After the client has gone it
  // does nothing. Destroyed uncalled it closes the client's connection. It may outlive the server.
  using Reply = std::move_only_function<void(std::string)>;
  // Runs on the loop. The next request of the same client waits until this one is answered.
  using Handler = std::function<void(std::string request, Reply reply)>;

  struct Bounds {
    std::size_t clients = 32;                     // one more is told so and closed
    std::size_t request_bytes = 1024UL * 1024;    // of one client's unanswered input; more is told so and closed
    Duration silence = std::chrono::seconds(60);  // without sending a request or reading an answer, then closed
  };

  // Listens at `path`, with mode 0600. A socket file that no process serves any more is replaced. Errors, each naming
  // the path: conflict (somebody serves it, or it is no socket), invalid (too long), unavailable (the system's word).
  static Result<std::unique_ptr<LineServer>> listen(AsioLoop& loop, std::string path, Handler handler, Bounds bounds);
  static Result<std::unique_ptr<LineServer>> listen(AsioLoop& loop, std::string path, Handler handler);

  // Closes every client and removes the socket file, unless another has taken its place meanwhile.
  ~LineServer();
  LineServer(const LineServer&) = delete;
  LineServer& operator=(const LineServer&) = delete;

 private:
  struct Core;
  explicit LineServer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace tarn::rt
