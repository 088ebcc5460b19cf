// Nova's side of the contract: sees each commit, tells Nova what it means, and goes on until Nova has acknowledged it.
// Lives on the server's loop; the questions themselves block, so a worker asks them. Owned by the server's wiring.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/peer.h"
#include "model/snapshot.h"
#include "notify/outbox.h"
#include "rt/loop.h"
#include "rt/worker.h"

namespace tarn::notify {

class Notifier {
 public:
  using Log = std::function<void(const std::string&)>;
  // All but the log outlive it; loop and `nova` also every job given to the worker. `nova` leads to Nova's API, below
  // its version, and speaks as a user whom Nova lets send events.
  Notifier(rt::Loop& loop, rt::Choice& choice, rt::Worker& worker, api::Peer& nova, Outbox::Bounds bounds,
           Outbox::Pace pace, Log log);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // What a server that was here before may not have come to tell: what changed within `remembered` of now.
  static constexpr std::chrono::milliseconds remembered = std::chrono::minutes(10);
  void recall(const model::Snapshot& cloud);
  void see(const model::Snapshot& before, const model::Snapshot& after);

  [[nodiscard]] Outbox::Numbers numbers() const { return outbox_.numbers(); }

 private:
  void add(std::span<const Event> events);
  void work();
  void send(std::vector<Event> batch);
  void answered(const std::vector<Event>& batch, const Result<api::Peer::Answer>& answer);
  void note(const Reading& reading);
  void tell(const std::vector<Outbox::Lost>& lost);
  [[nodiscard]] std::string standing() const;

  rt::Loop& loop_;
  rt::Worker& worker_;
  api::Peer& nova_;
  const Log log_;
  Outbox outbox_;
  rt::TimerHandle timer_;
  bool away_ = false;
  bool full_ = false;
  std::shared_ptr<bool> open_;
};

}  // namespace tarn::notify
