// A model ovsdb-server: JSON-RPC bytes on a socket of the simulated network over one OvsDatabase. Speaks what our
// driver asks: get_schema, monitor_cond_since, transact, echo. Written from RFC 7047 and ovsdb-server(7), apart from
// the client under test. Destroying it is the server's crash; the database is another object and survives.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "sim/ovs_database.h"
#include "sim/pipe.h"
#include "sim/refusal.h"

namespace tarn::sim {

class ModelOvsdb {
 public:
  // Transactions that came over the socket and changed something (or tried to).
  struct Counters {
    std::uint64_t transactions = 0;
    std::uint64_t refused = 0;
    std::uint64_t resumed = 0;  // monitors that went on from a known transaction
    std::uint64_t listed = 0;   // monitors that began with everything
  };

  // What a hypervisor runs is standalone: its transactions have no ids (all zeros), so that a client that comes back is
  // told everything. A cluster's member goes on from the transaction that the client saw last, while it remembers it.
  // How long a real one does depends on how large database and changes are; ours on their number alone.
  enum class Kind : std::uint8_t { standalone, clustered };

  // Both outlive it.
  ModelOvsdb(Scheduler& scheduler, Network& network, std::string path, OvsDatabase& database,
             Kind kind = Kind::standalone);
  ~ModelOvsdb();
  ModelOvsdb(const ModelOvsdb&) = delete;
  ModelOvsdb& operator=(const ModelOvsdb&) = delete;

  // What is asked for over the socket is refused, or not, by what it is about.
  void refuse(RefusesRow judge) { refuses_ = std::move(judge); }
  [[nodiscard]] bool refuses_anything() const { return refuses_ != nullptr; }
  [[nodiscard]] std::optional<OvsRefusal> refusal(const std::string& subject) const {
    return refuses_ ? refuses_(subject) : std::nullopt;
  }

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  class Client;

  void accepted(std::unique_ptr<rt::Stream> stream);
  void gone(std::uint64_t client);

  OvsDatabase& database_;
  const Kind kind_;
  std::unique_ptr<SimLoop> loop_;
  Counters counters_;
  RefusesRow refuses_;
  std::uint64_t clients_made_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Client>> clients_;
  std::unique_ptr<Network::Listener> listener_;
};

}  // namespace tarn::sim
