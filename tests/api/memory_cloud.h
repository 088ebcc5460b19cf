// A whole cloud in memory behind the API's door: the real admit() and Snapshot, a clock that stands still until told,
// ids from a seed. Answers on the caller's thread. Shared by the API's unit and live suites.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "api/cloud.h"
#include "rt/choice.h"

namespace tarn::api::test {

class MemoryCloud final : public Cloud {
 public:
  MemoryCloud() { limits_.vlan_ranges["physnet1"] = {100, 199}; }

  std::shared_ptr<const model::Snapshot> snapshot() const override {
    const std::scoped_lock lock(mutex_);
    return snapshot_;
  }

  void write(std::vector<model::Request> requests, model::Caller caller,
             std::function<void(Result<Written>)> done) override {
    std::unique_lock lock(mutex_);
    if (!failure_.message.empty()) {
      const Error failure = failure_;
      lock.unlock();
      return done(fail(failure));
    }
    const auto change =
        model::admit(*snapshot_, {std::move(requests), std::move(caller), now_ms_, choice_.bits()}, limits_);
    if (change) commit(*change);
    const auto after = snapshot_;
    lock.unlock();
    if (!change) return done(fail(change.error()));
    done(Written{after});
  }

  Uuid new_id() override {
    const std::scoped_lock lock(mutex_);
    const auto high = choice_.bits();
    return Uuid::random(high, choice_.bits());
  }
  std::int64_t now_ms() const override {
    const std::scoped_lock lock(mutex_);
    return now_ms_;
  }
  std::optional<Presence> presence(const std::string& host) const override {
    const std::scoped_lock lock(mutex_);
    const auto found = presences_.find(host);
    return found == presences_.end() ? std::nullopt : std::optional(found->second);
  }
  const model::Limits& limits() const override { return limits_; }

  // What a test does to the world.
  model::Limits& operator_limits() { return limits_; }
  void pass(std::int64_t ms) {
    const std::scoped_lock lock(mutex_);
    now_ms_ += ms;
  }
  void fail_writes(Error failure) {
    const std::scoped_lock lock(mutex_);
    failure_ = std::move(failure);
  }
  void agent_says_hello(model::Agent agent) {
    const std::scoped_lock lock(mutex_);
    presences_[agent.host] = {true, now_ms_};
    agent.created_at_ms = agent.started_at_ms = now_ms_;
    commit(model::admit_agent(*snapshot_, {std::move(agent)}).value());
  }
  void agent_falls_silent(const std::string& host) {
    const std::scoped_lock lock(mutex_);
    presences_[host] = {false, now_ms_};
  }
  void put(model::Row row) {  // past every rule
    const std::scoped_lock lock(mutex_);
    commit({{{model::kind_of(row), model::id_of(row), row}}});
  }

 private:
  void commit(const model::Change& change) {
    snapshot_ = std::make_shared<const model::Snapshot>(snapshot_->with(change, snapshot_->revision() + 1));
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const model::Snapshot> snapshot_ = std::make_shared<const model::Snapshot>();
  model::Limits limits_;
  rt::Seeded choice_{7};
  std::int64_t now_ms_ = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
  std::map<std::string, Presence> presences_;
  Error failure_;
};

}  // namespace tarn::api::test
