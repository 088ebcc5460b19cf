// Answers instances by HTTP: from Nova's metadata API, which is told who asks under the secret that both share
// (docs.openstack.org/nova, "Metadata service": X-Instance-ID and its signature), or where there is no Nova from what
// the network knows itself. Keeps nothing between two questions but how many each instance has under way.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "api/http.h"
#include "api/peer.h"
#include "rt/thread_pool.h"
#include "services/asking.h"

namespace tarn::metadata {

// hmac-sha256 of `text` under `secret`, in hexadecimal digits (RFC 2104).
std::string signature(const std::string& secret, const std::string& text);

struct Nova {
  std::unique_ptr<api::Peer> line;
  std::string secret;
};

class Service final : public api::Handler {
 public:
  static constexpr std::size_t questions_max = 8;  // of one instance to Nova, at a time; more are answered 429
  static constexpr std::size_t threads = 8;
  static constexpr std::size_t waiting_max = 64;  // questions to Nova that wait for a thread; more are answered 503

  // `folder` is the agent's, with a file for each instance. Without `nova` it answers itself.
  Service(rt::Descriptor folder, std::unique_ptr<Nova> nova);

  void handle(api::Request request, api::Respond respond) override;
  api::Response refuse(unsigned status, std::string_view message) override;

 private:
  [[nodiscard]] bool begin(domain::InstanceFile::Key number);  // false: it has enough under way
  void end(domain::InstanceFile::Key number);
  void ask_nova(const services::Asking& who, api::Request request, api::Respond respond);

  rt::Descriptor folder_;
  std::unique_ptr<Nova> nova_;
  std::mutex mutex_;
  std::map<domain::InstanceFile::Key, std::size_t> under_way_;
  rt::ThreadPool pool_;  // last: its jobs use the rest
};

}  // namespace tarn::metadata
