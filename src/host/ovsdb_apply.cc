#include "host/ovsdb_apply.h"

#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace tarn::host {

using reconcile::Applied;
using reconcile::Outcome;
using reconcile::Refused;
using reconcile::Unknown;

// What is left to try: pieces of the batch, each one transaction. The first piece is all groups together.
struct OvsdbApply::Run {
  using Group = std::vector<std::size_t>;  // indexes into tasks
  using Piece = std::vector<Group>;

  std::vector<OvsdbTask> tasks;
  std::string comment;
  reconcile::Completion<std::vector<Outcome>> done;
  std::vector<std::optional<Outcome>> outcomes;
  std::vector<bool> counted;
  std::deque<Piece> pieces;

  void settle(const Group& group, const Outcome& outcome) {
    for (const std::size_t index : group) outcomes[index] = outcome;
  }
};

void OvsdbApply::run(std::vector<OvsdbTask> tasks, std::string comment,
                     reconcile::Completion<std::vector<Outcome>> done) {
  auto run = std::make_shared<Run>();
  run->outcomes.resize(tasks.size());
  run->counted.resize(tasks.size());
  Run::Piece whole;
  std::map<std::uint64_t, std::size_t> places;
  for (std::size_t index = 0; index < tasks.size(); ++index) {
    const auto [place, is_new] = places.emplace(tasks[index].group, whole.size());
    if (is_new) whole.emplace_back();
    whole[place->second].push_back(index);
  }
  if (!whole.empty()) run->pieces.push_back(std::move(whole));
  run->tasks = std::move(tasks);
  run->comment = std::move(comment);
  run->done = std::move(done);
  loop_.post([this, alive = std::weak_ptr<int>(alive_), run = std::move(run)]() mutable {
    if (!alive.expired()) attempt(std::move(run));
  });
}

// Works out the first piece against what the picture shows now. A group of which one step cannot be worked out is
// refused without being sent; a group that has nothing left to do has come true.
OvsdbEdit OvsdbApply::gather(Run& run, const OvsdbView& view, std::vector<std::size_t>& sent) {
  OvsdbEdit edit;
  Run::Piece kept;
  for (const Run::Group& group : run.pieces.front()) {
    OvsdbEdit part = edit.part();
    std::optional<Error> why;
    for (const std::size_t index : group) {
      const Status added = run.tasks[index].edit(part, view);
      if (!added && !why) why = added.error();
    }
    if (why) {
      run.settle(group, Refused{*why});
      continue;
    }
    edit.join(std::move(part));
    kept.push_back(group);
    sent.insert(sent.end(), group.begin(), group.end());
  }
  run.pieces.front() = std::move(kept);
  return edit;
}

void OvsdbApply::attempt(std::shared_ptr<Run> run) {
  while (!run->pieces.empty()) {
    const auto* replica = line_.replica();
    if (replica == nullptr) {
      for (const auto& group : run->pieces.front()) run->settle(group, Unknown{});
      run->pieces.pop_front();
      continue;
    }
    std::vector<std::size_t> sent;
    OvsdbEdit edit = gather(*run, {*replica, picture_}, sent);
    if (edit.empty()) {
      for (const auto& group : run->pieces.front()) run->settle(group, Applied{});
      run->pieces.pop_front();
      continue;
    }
    for (const std::size_t index : sent) {
      if (!run->counted[index]) ++writes_.attempted;
      run->counted[index] = true;
    }
    const auto transaction = std::move(edit).finish(run->comment);
    line_.transact(transaction, [this, alive = std::weak_ptr<int>(alive_), run, sent](OvsdbReply reply) mutable {
      if (!alive.expired()) answered(std::move(run), std::move(sent), std::move(reply));
    });
    return;
  }
  finish(run);
}

void OvsdbApply::answered(std::shared_ptr<Run> run, std::vector<std::size_t> sent, OvsdbReply reply) {
  const Run::Piece piece = std::move(run->pieces.front());
  run->pieces.pop_front();
  const auto* result = std::get_if<Result<std::vector<wire::ovsdb::OperationResult>>>(&reply);
  if (result == nullptr) {
    for (const auto& group : piece) run->settle(group, Unknown{});
  } else if (result->has_value()) {
    writes_.applied += sent.size();
    for (const auto& group : piece) run->settle(group, Applied{});
  } else if (piece.size() == 1) {
    run->settle(piece.front(), Refused{result->error()});
  } else {
    // One after another: each is worked out against what the one before left.
    for (const auto& group : piece) run->pieces.push_back({group});
  }
  attempt(std::move(run));
}

void OvsdbApply::finish(const std::shared_ptr<Run>& run) {
  std::vector<Outcome> outcomes;
  for (std::optional<Outcome>& outcome : run->outcomes) outcomes.push_back(std::move(outcome).value());
  run->done(std::move(outcomes));
}

}  // namespace tarn::host
