#include "agent/lookout.h"

#include <algorithm>

namespace tarn::agent {
namespace {

// A session takes up to 2.4 s to come up where both ends are there (docs/routing.md).
constexpr rt::Duration patience = std::chrono::seconds(5);

}  // namespace

std::set<std::string> Lookout::missed(const domain::PluggedInterfaces& plugged) {
  const rt::Instant now = loop_.clock().now();
  std::map<std::string, rt::Instant> unknown;
  for (const auto& [name, interface] : plugged.interfaces) {
    if (interface.watched != domain::PeerState::unknown) continue;
    const auto before = unknown_since_.find(name);
    unknown.emplace(name, before == unknown_since_.end() ? now : before->second);
  }
  unknown_since_ = std::move(unknown);
  std::set<std::string> missed;
  rt::Duration next = rt::Duration::max();
  for (const auto& [name, since] : unknown_since_) {
    if (now - since >= patience)
      missed.insert(name);
    else
      next = std::min<rt::Duration>(next, patience - (now - since));
  }
  alarm_.reset();
  if (next != rt::Duration::max()) alarm_ = loop_.after(next, overdue_);
  return missed;
}

}  // namespace tarn::agent
