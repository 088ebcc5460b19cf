// The server's side of a simulated cloud: a store of one snapshot, edited through the real admission, and the real
// server end of the feed. The snapshot survives crashes; the feed does not. No API edge and no disk yet.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <string>

#include "feed/server_feed.h"
#include "model/admit.h"
#include "sim/feed_line.h"

namespace tarn::sim {

class Cloud {
 public:
  Cloud(Scheduler& scheduler, FeedNetwork& lines);
  ~Cloud();
  Cloud(const Cloud&) = delete;
  Cloud& operator=(const Cloud&) = delete;

  void start();
  void crash();
  [[nodiscard]] bool running() const { return feed_ != nullptr; }

  // As an operator's client would; a refusal is a failed CHECK unless the scenario asks for the answer.
  NetworkId network();
  SubnetId subnet(NetworkId network, const std::string& cidr);
  PortId port(NetworkId network, const std::string& host, boost::json::object more = {});
  void update(PortId id, boost::json::object given);
  void remove(PortId id);
  void remove(SubnetId id);
  void remove(NetworkId id);
  [[nodiscard]] Result<Uuid> run(model::Verb verb, model::Kind kind, const Uuid& id, boost::json::object given);

  [[nodiscard]] const model::Snapshot& snapshot() const { return *newest_; }
  [[nodiscard]] const feed::Report* report_of(const std::string& host) const;
  [[nodiscard]] bool active(PortId port) const;
  [[nodiscard]] std::uint64_t reports() const { return reports_made_; }

 private:
  Uuid next_id();
  void commit(const model::Change& change);
  Uuid must(model::Verb verb, model::Kind kind, const Uuid& id, boost::json::object given);

  Scheduler& scheduler_;
  FeedNetwork& lines_;
  std::shared_ptr<const model::Snapshot> newest_;
  std::uint64_t ids_made_ = 0;
  std::uint64_t reports_made_ = 0;
  std::map<std::string, feed::Report> reports_;
  std::unique_ptr<SimLoop> loop_;
  std::unique_ptr<feed::ServerFeed> feed_;
};

}  // namespace tarn::sim
