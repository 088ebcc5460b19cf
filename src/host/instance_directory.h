// The folder with the instances' files, read and written by a thread of its own. Files are renamed into place, so that
// whoever reads one reads it whole. A name that is not an instance's is not looked at. The folder is made when there is
// something to put into it.
#pragma once

#include <memory>
#include <string>

#include "domain/instance_file.h"
#include "reconcile/target.h"
#include "rt/loop.h"
#include "rt/worker.h"

namespace tarn::host {

class InstanceDirectory final : public reconcile::Target<domain::InstanceFile> {
 public:
  // `worker` runs its jobs in order and outlives this.
  InstanceDirectory(rt::Loop& loop, rt::Worker& worker, std::string path)
      : loop_(loop), worker_(worker), path_(std::move(path)) {}
  ~InstanceDirectory() override { *open_ = false; }
  InstanceDirectory(const InstanceDirectory&) = delete;
  InstanceDirectory& operator=(const InstanceDirectory&) = delete;

  void list(reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<domain::InstanceFile>>>> done) override;
  void apply(std::vector<reconcile::Step<domain::InstanceFile>> batch, reconcile::Writes writes,
             reconcile::Completion<std::vector<reconcile::Outcome>> done) override;
  void on_hint(std::function<void(reconcile::Hint<domain::InstanceFile>)>) override {}  // nobody else writes here

 private:
  template <class Answer>
  void work(std::move_only_function<Answer()> ask, Answer refusal, reconcile::Completion<Answer> done);

  rt::Loop& loop_;
  rt::Worker& worker_;
  std::string path_;
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
};

}  // namespace tarn::host
