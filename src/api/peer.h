// The line to another service of the cloud (Keystone, Nova): one HTTP question, one answer. A port; the real one is
// asio_peer.cc.
// Blocks its caller, so it belongs to worker threads; never called on a loop or on one of the API's threads.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "api/http.h"
#include "base/result.h"

namespace tarn::api {

class Peer {
 public:
  struct Question {
    std::string method;
    std::string target;  // below the service's URL, whose path goes before it: "/v3/auth/tokens"
    Headers headers;
    std::string body = {};
  };
  struct Answer {
    unsigned status = 0;
    Headers headers = {};
    std::string body = {};
  };

  virtual ~Peer() = default;
  // From several threads at once. Errors: unavailable (no connection, no trust, broken, too slow), saying why.
  virtual Result<Answer> ask(const Question& question) = 0;
};

// Asks over HTTP, or over TLS where `url` begins with https; the certificate must be good for the URL's host.
// Errors: invalid (not such a URL), not_found (a `ca_file` that cannot be read).
Result<std::unique_ptr<Peer>> make_peer(const std::string& url, const std::string& ca_file,
                                        std::chrono::milliseconds timeout);

}  // namespace tarn::api
