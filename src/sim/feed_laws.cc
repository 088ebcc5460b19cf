#include "sim/feed_laws.h"

namespace tarn::sim {

FeedLaws::FeedLaws(FeedNetwork& lines, const Cloud& cloud) : cloud_(cloud) {
  FeedNetwork::Observer observer;
  observer.at_server = [this](const FeedNetwork::Speaker& agent, const feed::ToServer& message) {
    if (const auto* hello = std::get_if<feed::Hello>(&message)) {
      followers_[agent.connection] = Follower{agent.host, hello->held, 0, false};
    }
  };
  observer.at_agent = [this](const FeedNetwork::Speaker& agent, const feed::ToAgent& message) {
    heard(agent.connection, message);
  };
  lines.observe(std::move(observer));
}

void FeedLaws::broken(const Follower& follower, const std::string& law) {
  violations_.push_back("feed: " + law + " at " + follower.host);
}

void FeedLaws::heard(std::uint64_t connection, const feed::ToAgent& message) {
  Follower& follower = followers_[connection];
  if (const auto* update = std::get_if<feed::Update>(&message)) {
    fold(follower, *update);
    if (follower.in_sync && !update->more) complete(follower, update->revision);
  } else if (const auto* mark = std::get_if<feed::InSync>(&message)) {
    if (std::exchange(follower.in_sync, true)) broken(follower, "a second mark on one connection");
    complete(follower, mark->revision);
  }
}

// Unique: nothing is sent that the agent has. Resumable: what it said it had counts as that.
void FeedLaws::fold(Follower& follower, const feed::Update& update) {
  for (const model::SliceName& name : update.removed) {
    if (follower.has.erase(name) == 0) broken(follower, "unique: the removal of what it did not have, " + name);
  }
  for (const feed::Put& put : update.put) {
    const feed::Held now{put.version, feed::content_of(put.body)};
    const auto [held, is_new] = follower.has.try_emplace(put.name, now);
    if (!is_new && held->second == now) broken(follower, "unique: " + put.name + " was sent twice");
    held->second = now;
  }
}

// Ordered, and at each end of a revision atomic, reliable and a true bookmark: all of it is there, nothing else is.
void FeedLaws::complete(Follower& follower, model::Revision revision) {
  if (revision < follower.revision) broken(follower, "ordered: a revision before the last one");
  follower.revision = revision;
  const model::Snapshot* then = cloud_.at(revision);
  if (then == nullptr) return broken(follower, "reliable: a revision that never was");
  std::size_t same = 0;
  const model::Slice wanted = model::slice(*then, follower.host);
  for (const auto& [name, item] : wanted) {
    const auto held = follower.has.find(name);
    same += held != follower.has.end() && held->second.content == feed::content_of(feed::body_of(*item.row)) ? 1 : 0;
  }
  if (same == wanted.size() && same == follower.has.size()) return;
  broken(follower, "atomic: revision " + std::to_string(revision) + " is not whole");
}

std::vector<std::string> wish_is_whole(const Cloud& cloud, const Node& node) {
  if (node.wish() == nullptr) return {};
  const model::Snapshot* then = cloud.at(node.brain().revision());
  const std::string at = " at " + node.host();
  if (then == nullptr) return {"feed: the agent wishes for a revision that never was" + at};
  if (model::difference(*node.wish(), model::slice(*then, node.host())).empty()) return {};
  return {"feed: the agent's slice is not that of its revision" + at};
}

}  // namespace tarn::sim
