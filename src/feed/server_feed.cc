#include "feed/server_feed.h"

#include "base/check.h"

namespace tarn::feed {

ServerFeed::ServerFeed(std::shared_ptr<const model::Snapshot> newest, Hooks hooks, ServerEnd::Bounds bounds,
                       Protocols protocols)
    : newest_(std::move(newest)), hooks_(std::move(hooks)), bounds_(bounds), protocols_(protocols) {
  CHECK(newest_ != nullptr);
}

ServerFeed::LineId ServerFeed::open(std::unique_ptr<ServerLine> line) {
  const LineId id = ++last_id_;
  sessions_.emplace(id, Session{std::move(line), ServerEnd(bounds_, protocols_)});
  return id;
}

void ServerFeed::received(LineId id, const ToServer& message) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const Result<std::variant<NodeFacts, Report>> heard = found->second.end.receive(message);
  if (!heard) {
    hooks_.on_trouble(found->second.end.host(), heard.error().message);
  } else if (const NodeFacts* facts = std::get_if<NodeFacts>(&*heard)) {
    joined(id, *facts);
  } else {
    hooks_.on_report(found->second.end.host(), std::get<Report>(*heard));
  }
  pump(id);
}

// The newest connection of a host is its agent: an older one may be a line that nobody has noticed to be dead.
void ServerFeed::joined(LineId id, const NodeFacts& facts) {
  const auto older = by_host_.find(facts.host);
  if (older != by_host_.end()) {
    hooks_.on_trouble(facts.host, "a second agent connected; the first is disconnected");
    const LineId old_id = older->second;
    by_host_.erase(older);
    sessions_.erase(old_id);
  }
  by_host_[facts.host] = id;
  sessions_.at(id).end.begin(model::slice(*newest_, facts.host), newest_->revision());
  hooks_.on_presence(facts.host, true);
  hooks_.on_hello(facts);
}

void ServerFeed::sent(LineId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  found->second.sending = false;
  pump(id);
}

void ServerFeed::closed(LineId id) {
  drop(id);
}

void ServerFeed::drop(LineId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const std::string host = found->second.end.host();
  sessions_.erase(found);
  const auto present = by_host_.find(host);
  if (present == by_host_.end() || present->second != id) return;
  by_host_.erase(present);
  hooks_.on_presence(host, false);
}

void ServerFeed::pump(LineId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.sending) return;
  Session& session = found->second;
  std::optional<ToAgent> message = session.end.next();
  if (message) {
    session.sending = true;
    session.line->send(std::move(*message));
  } else if (session.end.ended()) {
    drop(id);  // the refusal is out
  }
}

void ServerFeed::advance(std::shared_ptr<const model::Snapshot> after) {
  const std::shared_ptr<const model::Snapshot> before = std::exchange(newest_, std::move(after));
  CHECK(newest_ != nullptr && before->revision() <= newest_->revision());
  for (const std::string& host : model::concerned(*before, *newest_)) {
    const auto present = by_host_.find(host);
    if (present == by_host_.end()) continue;
    sessions_.at(present->second).end.advance(*before, *newest_);
    pump(present->second);
  }
}

}  // namespace tarn::feed
