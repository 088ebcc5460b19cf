// A folder of a simulated machine with a file for each object of a domain: what an agent wrote before it died is there
// for the next. Each answer takes its time, as one by another thread does.
#pragma once

#include "domain/instance_file.h"
#include "domain/name_file.h"
#include "reconcile/target.h"
#include "rt/choice.h"
#include "rt/loop.h"

namespace tarn::sim {

template <reconcile::Domain File>
class FileFolder final : public reconcile::Target<File> {
 public:
  using Files = std::map<typename File::Key, std::string>;
  using Listing = Result<reconcile::Whole<reconcile::Actual<File>>>;
  using Outcomes = std::vector<reconcile::Outcome>;

  // `files` outlive this, the agent's part of it.
  FileFolder(rt::Loop& loop, rt::Choice& choice, Files& files) : loop_(loop), choice_(choice), files_(files) {}

  void list(reconcile::Completion<Listing> done) override;
  void apply(std::vector<reconcile::Step<File>> batch, reconcile::Writes writes,
             reconcile::Completion<Outcomes> done) override;
  void on_hint(std::function<void(reconcile::Hint<File>)>) override {}

 private:
  void later(rt::TimerHandle& timer, rt::Job job);

  rt::Loop& loop_;
  rt::Choice& choice_;
  Files& files_;
  rt::TimerHandle listed_;
  rt::TimerHandle applied_;
};

extern template class FileFolder<domain::InstanceFile>;
extern template class FileFolder<domain::NameFile>;

}  // namespace tarn::sim
