// The folder of the instances' files of a simulated machine: what an agent wrote before it died is there for the next.
// Each answer takes its time, as one by another thread does.
#pragma once

#include "domain/instance_file.h"
#include "reconcile/target.h"
#include "rt/choice.h"
#include "rt/loop.h"

namespace tarn::sim {

class InstanceFolder final : public reconcile::Target<domain::InstanceFile> {
 public:
  using Files = std::map<domain::InstanceFile::Key, std::string>;

  // `files` outlive this, the agent's part of it.
  InstanceFolder(rt::Loop& loop, rt::Choice& choice, Files& files) : loop_(loop), choice_(choice), files_(files) {}

  void list(reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<domain::InstanceFile>>>> done) override;
  void apply(std::vector<reconcile::Step<domain::InstanceFile>> batch, reconcile::Writes writes,
             reconcile::Completion<std::vector<reconcile::Outcome>> done) override;
  void on_hint(std::function<void(reconcile::Hint<domain::InstanceFile>)>) override {}

 private:
  void later(rt::TimerHandle& timer, rt::Job job);

  rt::Loop& loop_;
  rt::Choice& choice_;
  Files& files_;
  rt::TimerHandle listed_;
  rt::TimerHandle applied_;
};

}  // namespace tarn::sim
