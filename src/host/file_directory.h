// A folder with a file for each object of a domain (instance_file.h, name_file.h), read and written by a thread of its
// own. Files are renamed into place, so that whoever reads one reads it whole. A name that is not such a file's is not
// looked at. The folder is made when there is something to put into it.
#pragma once

#include <memory>
#include <string>

#include "domain/instance_file.h"
#include "domain/name_file.h"
#include "reconcile/target.h"
#include "rt/loop.h"
#include "rt/worker.h"

namespace tarn::host {

template <reconcile::Domain File>
class FileDirectory final : public reconcile::Target<File> {
 public:
  using Listing = Result<reconcile::Whole<reconcile::Actual<File>>>;
  using Outcomes = std::vector<reconcile::Outcome>;
  using Step = reconcile::Step<File>;

  // `worker` runs its jobs in order and outlives this.
  FileDirectory(rt::Loop& loop, rt::Worker& worker, std::string path)
      : loop_(loop), worker_(worker), path_(std::move(path)) {}
  ~FileDirectory() override { *open_ = false; }
  FileDirectory(const FileDirectory&) = delete;
  FileDirectory& operator=(const FileDirectory&) = delete;

  void list(reconcile::Completion<Listing> done) override;
  void apply(std::vector<Step> batch, reconcile::Writes writes, reconcile::Completion<Outcomes> done) override;
  void on_hint(std::function<void(reconcile::Hint<File>)>) override {}  // nobody else writes here

 private:
  template <class Answer>
  void work(std::move_only_function<Answer()> ask, Answer refusal, reconcile::Completion<Answer> done);

  rt::Loop& loop_;
  rt::Worker& worker_;
  std::string path_;
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
};

using InstanceDirectory = FileDirectory<domain::InstanceFile>;
using NameDirectory = FileDirectory<domain::NameFile>;
extern template class FileDirectory<domain::InstanceFile>;
extern template class FileDirectory<domain::NameFile>;

}  // namespace tarn::host
