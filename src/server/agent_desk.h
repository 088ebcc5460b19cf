// Where agents' words become commits: hellos into rows of the agents table, reports into port statuses. Remembers for
// each host only the newest of each, and tries again while the store is away. Lives on the server's loop.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/cloud.h"
#include "feed/server_feed.h"
#include "rt/choice.h"
#include "store/ledger.h"

namespace tarn::server {

// The id of a host's agent: a function of host and binary, the same for ever.
AgentId agent_id(const std::string& host, const std::string& binary);

class AgentDesk {
 public:
  using Log = std::function<void(const std::string&)>;
  // All but the log outlive it.
  AgentDesk(rt::Loop& loop, rt::Choice& choice, store::Ledger& ledger, Log log);
  ~AgentDesk();
  AgentDesk(const AgentDesk&) = delete;
  AgentDesk& operator=(const AgentDesk&) = delete;

  [[nodiscard]] feed::ServerFeed::Hooks hooks();
  // From any thread.
  [[nodiscard]] std::optional<api::Cloud::Presence> presence(const std::string& host) const;

 private:
  struct Host {
    std::optional<model::AgentReport> hello;                   // not committed yet
    std::optional<std::map<PortId, model::PortStatus>> ports;  // not committed yet
    bool busy = false;                                         // a commit is under way
    rt::TimerHandle retry;
  };
  void hello(const feed::NodeFacts& facts);
  void report(const std::string& host, const feed::Report& report);
  void heard(const std::string& host, std::optional<bool> connected);
  void work(const std::string& host);
  void worked(const std::string& host, const Result<store::SnapshotPointer>& result, std::function<void(Host&)> again);

  rt::Loop& loop_;
  rt::Choice& choice_;
  store::Ledger& ledger_;
  Log log_;
  std::map<std::string, Host> hosts_;
  mutable std::mutex mutex_;  // guards presence_, which API threads read
  std::map<std::string, api::Cloud::Presence> presence_;
  std::shared_ptr<bool> open_;
};

}  // namespace tarn::server
