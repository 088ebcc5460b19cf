#include "feed/server_end.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::feed {
namespace {

std::string words(const Protocols& protocols) {
  return std::to_string(protocols.oldest) + " to " + std::to_string(protocols.newest);
}

}  // namespace

std::unexpected<Error> ServerEnd::refuse(ErrorCode code, std::string reason) {
  refusal_ = reason;
  return fail(code, std::move(reason));
}

Result<std::variant<NodeFacts, Report>> ServerEnd::receive(const ToServer& message) {
  if (refusal_) return fail(ErrorCode::invalid, *refusal_);
  if (const Hello* hello = std::get_if<Hello>(&message)) return negotiate(*hello);
  if (protocol_ == 0) return refuse(ErrorCode::invalid, "a report came before the hello");
  Report report = std::get<Report>(message);
  if (protocol_ < protocol_with_failing) report.failing.reset();
  return report;
}

Result<std::variant<NodeFacts, Report>> ServerEnd::negotiate(const Hello& hello) {
  if (protocol_ != 0) return refuse(ErrorCode::invalid, "a second hello on one connection");
  if (hello.facts.host.empty()) return refuse(ErrorCode::invalid, "the hello names no host");
  const std::uint32_t highest = std::min(protocols_.newest, hello.protocols.newest);
  if (highest < std::max(protocols_.oldest, hello.protocols.oldest)) {
    return refuse(ErrorCode::unsupported, "this server speaks feed protocols " + words(protocols_) + ", the agent of " +
                                              hello.facts.host + " " + words(hello.protocols) +
                                              "; upgrade the older of the two");
  }
  protocol_ = highest;
  welcome_due_ = true;
  host_ = hello.facts.host;
  held_ = hello.held;
  return hello.facts;
}

void ServerEnd::begin(model::Slice slice, model::Revision revision) {
  CHECK(protocol_ != 0 && !begun_);
  begun_ = true;
  target_ = std::move(slice);
  target_revision_ = revision;
}

void ServerEnd::advance(const model::Snapshot& before, const model::Snapshot& after) {
  if (!begun_) return;
  target_ = model::advance(target_, before, after, host_);
  target_revision_ = after.revision();
}

std::optional<ToAgent> ServerEnd::next() {
  if (refusal_) {
    if (refusal_sent_) return std::nullopt;
    refusal_sent_ = true;
    return Refused{*refusal_};
  }
  if (welcome_due_) {
    welcome_due_ = false;
    return Welcome{protocol_};
  }
  if (!begun_) return std::nullopt;
  if (!sending_) {
    model::SlicePatch patch = in_sync_ ? model::difference(sent_, target_) : first_patch();
    if (patch.empty() && in_sync_) {
      sent_ = target_;
      return std::nullopt;
    }
    sending_ = Page{std::move(patch), target_, target_revision_};
  }
  if (!sending_->patch.empty()) {
    Update update = next_page();
    if (!update.more && in_sync_) {
      sent_ = sending_->target;
      sending_.reset();
    }
    return update;
  }
  // The whole first difference is on its way.
  in_sync_ = true;
  sent_ = sending_->target;
  const InSync mark{sending_->revision};
  sending_.reset();
  return mark;
}

model::SlicePatch ServerEnd::first_patch() const {
  model::SlicePatch patch;
  for (const auto& [name, item] : target_) {
    const auto had = held_.find(name);
    const bool same = had != held_.end() && had->second.version == item.version &&
                      had->second.content == content_of(body_of(*item.row));
    if (!same) patch.put.emplace(name, item);
  }
  for (const auto& [name, held] : held_) {
    if (!target_.contains(name)) patch.removed.insert(name);
  }
  return patch;
}

// Removals first: they are small, and a withdrawn row should not wait behind large new ones.
Update ServerEnd::next_page() {
  model::SlicePatch& patch = sending_->patch;
  Update update;
  update.revision = sending_->revision;
  std::size_t rows = 0;
  std::size_t bytes = 0;
  const auto room = [&] { return rows < bounds_.page_rows_max && bytes < bounds_.page_bytes_max; };
  while (!patch.removed.empty() && room()) {
    auto name = patch.removed.extract(patch.removed.begin());
    ++rows;
    bytes += name.value().size();
    update.removed.push_back(std::move(name.value()));
  }
  while (!patch.put.empty() && room()) {
    const auto first = patch.put.begin();
    Put put{first->first, first->second.version, body_of(*first->second.row)};
    ++rows;
    bytes += put.name.size() + put.body.size();
    update.put.push_back(std::move(put));
    patch.put.erase(first);
  }
  update.more = !patch.empty();
  return update;
}

}  // namespace tarn::feed
