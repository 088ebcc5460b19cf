// All agents that are connected to this server: their ends, and who must hear of which change.
// Owned by the server's wiring, lives on its loop. Decides nothing about the cloud: reports and hellos go to the hooks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "feed/line.h"
#include "feed/server_end.h"

namespace tarn::feed {

class ServerFeed {
 public:
  struct Hooks {
    std::function<void(const NodeFacts&)> on_hello;
    std::function<void(const std::string& host, const Report&)> on_report;
    std::function<void(const std::string& host, bool connected)> on_presence;
    std::function<void(const std::string& host, const std::string& why)> on_trouble;  // one line, for the log
  };
  using LineId = std::uint64_t;

  ServerFeed(std::shared_ptr<const model::Snapshot> newest, Hooks hooks, ServerEnd::Bounds bounds = {},
             Protocols protocols = {});

  // A connection came. Its messages are brought by `received`, until `closed` or until its line is destroyed.
  LineId open(std::unique_ptr<ServerLine> line);
  // Ids that are gone are ignored, so that an edge may be a step behind.
  void received(LineId id, const ToServer& message);
  void sent(LineId id);
  void closed(LineId id);

  // The cloud moved on, from the snapshot told last.
  void advance(std::shared_ptr<const model::Snapshot> after);

  [[nodiscard]] std::size_t lines() const { return sessions_.size(); }
  [[nodiscard]] bool connected(const std::string& host) const { return by_host_.contains(host); }

 private:
  struct Session {
    std::unique_ptr<ServerLine> line;
    ServerEnd end;
    bool sending = false;
  };
  void joined(LineId id, const NodeFacts& facts);
  void drop(LineId id);
  void pump(LineId id);

  std::shared_ptr<const model::Snapshot> newest_;
  Hooks hooks_;
  ServerEnd::Bounds bounds_;
  Protocols protocols_;
  LineId last_id_ = 0;
  std::map<LineId, Session> sessions_;
  std::map<std::string, LineId> by_host_;  // the newest line of each host that has said hello
};

}  // namespace tarn::feed
