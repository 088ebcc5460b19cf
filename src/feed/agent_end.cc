#include "feed/agent_end.h"

#include <algorithm>

namespace tarn::feed {

void AgentEnd::connect() {
  hello_due_ = true;
  report_due_ = report_.has_value();
  protocol_ = 0;
  in_sync_ = false;
  collector_ = {};
  collector_.so_far() = slice_ ? **slice_ : held_;
  touched_.clear();
  pending_ = {};
  open_revision_.reset();
}

void AgentEnd::report(Report report) {
  if (report_ == report) return;
  report_ = std::move(report);
  report_due_ = true;
}

Hello AgentEnd::hello() const {
  Hello hello{protocols_, facts_, {}};
  for (const auto& [name, item] : slice_ ? **slice_ : held_) {
    hello.held.emplace(name, Held{item.version, content_of(body_of(*item.row))});
  }
  return hello;
}

// Protocol 1 cannot say that something fails: it says that only what came before was applied.
Report AgentEnd::worded(const Report& report) const {
  Report worded = report;
  if (protocol_ < protocol_with_failing && worded.failing) {
    worded.applied = std::min(worded.applied, *worded.failing == 0 ? 0 : *worded.failing - 1);
    worded.failing.reset();
  }
  return worded;
}

std::optional<ToServer> AgentEnd::next() {
  if (hello_due_) {
    hello_due_ = false;
    return hello();
  }
  if (protocol_ != 0 && report_due_) {
    report_due_ = false;
    return worded(*report_);
  }
  return std::nullopt;
}

Result<std::optional<AgentEnd::Advanced>> AgentEnd::receive(const ToAgent& message) {
  if (const Refused* refused = std::get_if<Refused>(&message)) {
    return fail(ErrorCode::unsupported, "the server refused: " + refused->reason);
  }
  if (const Welcome* welcome = std::get_if<Welcome>(&message)) {
    if (protocol_ != 0) return fail(ErrorCode::invalid, "the server welcomed twice");
    if (welcome->protocol < protocols_.oldest || welcome->protocol > protocols_.newest) {
      return fail(ErrorCode::unsupported, "the server chose feed protocol " + std::to_string(welcome->protocol) +
                                              ", which this agent does not speak");
    }
    protocol_ = welcome->protocol;
    return std::nullopt;
  }
  if (protocol_ == 0) return fail(ErrorCode::invalid, "the server sent rows before its welcome");
  if (const Update* update = std::get_if<Update>(&message)) return fold(*update);
  return finish(std::get<InSync>(message));
}

Result<std::optional<AgentEnd::Advanced>> AgentEnd::fold(const Update& update) {
  if (open_revision_ && *open_revision_ != update.revision) {
    return fail(ErrorCode::invalid, "the server left revision " + std::to_string(*open_revision_) + " unfinished");
  }
  if (in_sync_ && update.revision < revision_) {
    return fail(ErrorCode::invalid, "the server went back from revision " + std::to_string(revision_) + " to " +
                                        std::to_string(update.revision));
  }
  for (const model::SliceName& name : update.removed) {
    pending_.put.erase(name);
    pending_.removed.insert(name);
    touched_.insert(name);
  }
  for (const Put& put : update.put) {
    Result<model::SliceRow> row = row_of(put);
    if (!row) return fail(row.error().code, "the server sent " + put.name + " wrong: " + row.error().message);
    pending_.removed.erase(put.name);
    pending_.put[put.name] = {put.version, std::make_shared<const model::SliceRow>(std::move(*row))};
    touched_.insert(put.name);
  }
  if (update.more) {
    open_revision_ = update.revision;
    return std::nullopt;
  }
  open_revision_.reset();
  const model::SlicePatch patch = std::exchange(pending_, {});
  if (!in_sync_) {
    collector_.so_far() = model::apply(collector_.so_far(), patch);
    return std::nullopt;
  }
  revision_ = update.revision;
  slice_->fold([&patch](model::Slice& slice) { slice = model::apply(slice, patch); });
  return Advanced{revision_, std::exchange(touched_, {})};
}

Result<std::optional<AgentEnd::Advanced>> AgentEnd::finish(const InSync& mark) {
  if (open_revision_) {
    return fail(ErrorCode::invalid, "the server left revision " + std::to_string(*open_revision_) + " unfinished");
  }
  if (in_sync_) return fail(ErrorCode::invalid, "the server sent a second in-sync mark");
  const bool first = !slice_;
  in_sync_ = true;
  revision_ = mark.revision;
  slice_ = std::move(collector_).finish();
  held_ = {};
  if (first) {
    for (const auto& [name, item] : **slice_) touched_.insert(name);
  }
  return Advanced{revision_, std::exchange(touched_, {})};
}

}  // namespace tarn::feed
