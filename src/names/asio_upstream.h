// The forwarders, over sockets of the namespace that this program runs in. Each question has a socket and an id of its
// own, by chance (RFC 5452), and asks one forwarder after another.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "names/upstream.h"
#include "rt/asio_loop.h"

namespace tarn::names {

struct UpstreamLimits {
  std::size_t under_way_max = 256;        // of all; more fail at once
  std::size_t under_way_of_one_max = 32;  // of one asker, so that nobody keeps others from asking
  std::size_t tries_max = 3;
  // The C library's resolver waits 5 s for each try of its own (resolv.conf(5)): three of ours pass before.
  rt::Duration try_timeout = std::chrono::milliseconds(1500);
};

class AsioUpstream final : public Upstream {
 public:
  AsioUpstream(rt::AsioLoop& loop, std::vector<Forwarder> forwarders, UpstreamLimits limits = {});
  ~AsioUpstream() override;
  AsioUpstream(const AsioUpstream&) = delete;
  AsioUpstream& operator=(const AsioUpstream&) = delete;

  void ask(std::uint32_t asker, const Question& question, Bytes message, Transport transport, Done done) override;

 private:
  class Exchange;
  void end(const std::shared_ptr<Exchange>& exchange, std::uint32_t asker);

  rt::AsioLoop& loop_;
  const std::vector<Forwarder> forwarders_;
  const UpstreamLimits limits_;
  std::set<std::shared_ptr<Exchange>> under_way_;
  std::map<std::uint32_t, std::size_t> of_asker_;
};

}  // namespace tarn::names
