// The one writer of the cloud: admits requests against the newest state, commits them in groups, and shows a snapshot
// only once it is durable. The next group is admitted while one commits, on top of what that one will have made. Owned
// by the server's wiring, lives on its loop; the store and the choice outlive it. Holds no rule of the API
// (model/admit.h) and knows no client.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "model/admit.h"
#include "rt/choice.h"
#include "store/store.h"

namespace tarn::store {

using SnapshotPointer = std::shared_ptr<const model::Snapshot>;

// What the store holds, as rows: keys are "network/<uuid>", "subnet/…", "port/…", "agent/…", values model::encode.
// Errors: corrupt, naming the key that cannot be read.
Result<model::Snapshot> read_snapshot(const State& state);
std::map<std::string, std::optional<std::string>> edits_of(const model::Change& change);

class Ledger {
 public:
  struct Bounds {
    std::size_t writes_waiting_max = 1'024;  // beyond it writes are refused at once
    std::size_t group_writes_max = 256;      // in one commit of the store
    int attempts_max = 8;                    // of a write that other writers overtook
  };
  using Done = std::move_only_function<void(Result<SnapshotPointer>)>;
  using Observer = std::function<void(const SnapshotPointer& before, const SnapshotPointer& after)>;

  // Loads the store; `done` runs on the loop. Errors: as read_snapshot and Store::load.
  static void open(rt::Loop& loop, Store& store, rt::Choice& choice, model::Limits limits, Bounds bounds,
                   std::function<void(Result<std::unique_ptr<Ledger>>)> done);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Each answers once, on the loop, later: with a committed snapshot that contains the write, or with why nothing of
  // it happened. Errors: those of admission; unavailable when the queue is full or the store cannot be written.
  void write(std::vector<model::Request> requests, model::Caller caller, Done done);
  void write(model::AgentReport report, Done done);
  struct PortReport {
    std::string host;
    std::map<PortId, model::PortStatus> ports;
  };
  void write(PortReport report, Done done);

  // The newest committed snapshot. From any thread.
  [[nodiscard]] SnapshotPointer snapshot() const;
  // Told each step from one committed snapshot to the next, before the writes in it are answered.
  void observe(Observer observer) { observer_ = std::move(observer); }
  // Told the store's own words, paths and all, when it begins to refuse groups; nothing when it takes one again.
  using HealthObserver = std::function<void(const std::optional<Error>& trouble)>;
  void observe_health(HealthObserver observer) { health_observer_ = std::move(observer); }
  // False after the store refused a group, until it takes one again. From any thread.
  [[nodiscard]] bool healthy() const { return healthy_; }

 private:
  struct ClientBatch {
    std::vector<model::Request> requests;
    model::Caller caller;
  };
  using Work = std::variant<ClientBatch, model::AgentReport, PortReport>;
  struct Write {
    Work work;
    Done done;
    int attempts = 0;
  };
  struct Admitted {
    Write write;
    std::optional<Error> refusal;  // judged on a state not durable yet: told when that state is
    SnapshotPointer after;
  };
  struct Group {
    std::vector<Admitted> writes;
    std::vector<Commit> commits;  // of each write; without edits where it was refused or changes nothing
    [[nodiscard]] bool nothing_to_store() const;
  };
  enum class UnderWay { nothing, commit, reload };

  Ledger(rt::Loop& loop, Store& store, rt::Choice& choice, model::Limits limits, Bounds bounds, SnapshotPointer loaded);
  void take(Work work, Done done);
  void wake();
  void admit_waiting();
  void commit_admitted();
  [[nodiscard]] Result<model::Change> judge(const model::Snapshot& before, const Work& work);
  void finish_group(Group group, const Store::Results& results);
  void forget_admitted();
  void reload(std::vector<Admitted> overtaken);
  void publish(SnapshotPointer after);
  void note_health(const std::optional<Error>& trouble);
  static Error told_to_writers(const Error& trouble);  // they need not know where the store is kept

  rt::Loop& loop_;
  Store& store_;
  rt::Choice& choice_;
  const model::Limits limits_;
  const Bounds bounds_;
  Observer observer_;
  HealthObserver health_observer_;
  std::deque<Write> waiting_;
  Group admitted_;       // goes to the store when what is under way has ended
  SnapshotPointer tip_;  // what the newest admitted write made; `committed_` when none is
  UnderWay under_way_ = UnderWay::nothing;
  bool posted_ = false;               // a turn that admits what waits
  std::atomic<bool> healthy_ = true;  // read from any thread
  SnapshotPointer committed_;         // the loop's own view of `published_`
  mutable std::mutex mutex_;          // guards the pointer alone, for readers on other threads
  SnapshotPointer published_;
  std::shared_ptr<bool> open_;
};

}  // namespace tarn::store
