#include "model/slice_security.h"

#include <algorithm>
#include <map>

#include "model/slice_items.h"

namespace tarn::model::security {
namespace {

bool is_member(const Port& port) {
  return port.port_security_enabled && !port.security_groups.empty();
}

const std::optional<SecurityGroupId>& remote_of(const Permission& permission, SecurityGroupId) {
  return permission.remote_group;
}
const std::optional<AddressGroupId>& remote_of(const Permission& permission, AddressGroupId) {
  return permission.remote_address_group;
}

// The rules that name a group or an address group as their remote: visit(const SecurityGroupRule&).
template <class Remote, class Visit>
void each_naming(const Snapshot& cloud, Remote remote, Visit&& visit) {
  for (const Uuid& id : cloud.referrers(remote.uuid, Kind::security_group_rule)) {
    const SecurityGroupRule& rule = **cloud.find<SecurityGroupRule>(id);
    if (remote_of(rule.permission, remote) == remote) visit(rule);
  }
}

// The rules that a group has.
template <class Visit>
void each_rule(const Snapshot& cloud, SecurityGroupId group, Visit&& visit) {
  for (const Uuid& id : cloud.referrers(group.uuid, Kind::security_group_rule)) {
    const Versioned<SecurityGroupRule>& rule = *cloud.find<SecurityGroupRule>(id);
    if (rule->group == group) visit(rule);
  }
}

std::set<SecurityGroupId> groups_used(const Snapshot& cloud, const std::string& host) {
  std::set<SecurityGroupId> used;
  for (const PortId& id : cloud.ports_on(host)) {
    const Port& port = **cloud.find(id);
    if (bound_host(port).empty() || !port.port_security_enabled) continue;
    used.insert(port.security_groups.begin(), port.security_groups.end());
  }
  return used;
}

// What a host asks of one snapshot. Answers are kept for as long as one step takes.
class View {
 public:
  View(const Snapshot& cloud, const std::string& host) : cloud_(cloud), host_(host) {}

  [[nodiscard]] const Snapshot& cloud() const { return cloud_; }
  [[nodiscard]] bool uses(SecurityGroupId group) const { return cloud_.host_uses(group, host_); }
  bool names(SecurityGroupId remote) { return names(groups_, remote); }
  bool names(AddressGroupId remote) { return names(address_groups_, remote); }
  bool hears_of(const Port& port) {
    return is_member(port) && std::ranges::any_of(port.security_groups, [this](auto group) { return names(group); });
  }

 private:
  // Whether a rule in force here names it.
  template <class Remote>
  bool names(std::map<Remote, bool>& known, Remote remote) {
    const auto [answer, fresh] = known.emplace(remote, false);
    if (!fresh) return answer->second;
    answer->second = cloud_.any_referrer(remote.uuid, Kind::security_group_rule, [&](const Uuid& id) {
      const SecurityGroupRule& rule = **cloud_.find<SecurityGroupRule>(id);
      return remote_of(rule.permission, remote) == remote && uses(rule.group);
    });
    return answer->second;
  }

  const Snapshot& cloud_;
  const std::string& host_;
  std::map<SecurityGroupId, bool> groups_;
  std::map<AddressGroupId, bool> address_groups_;
};

template <class R>
const Versioned<R>& either(const Pair<R>& pair) {
  return pair.after ? *pair.after : *pair.before;
}

// One step of one slice: first everything is noticed whose being here, or whose content, may have changed; then each of
// it is put or dropped by what is so now.
class Step {
 public:
  Step(Slice& slice, const Snapshot& before, const Snapshot& after, const std::string& host)
      : slice_(slice), before_(before, host), after_(after, host), host_(host) {}

  void run(const Changes& changes) {
    for (const Pair<Port>& port : changes.ports) notice_port(port);
    for (const auto& group : changes.groups) groups_.insert(either(group)->id);
    for (const auto& group : changes.address_groups) address_groups_.insert(either(group)->id);
    for (const Pair<SecurityGroupRule>& rule : changes.rules) {
      if (rule.before && before_.uses((*rule.before)->group)) notice_rule(**rule.before);
      if (rule.after && after_.uses((*rule.after)->group)) notice_rule(**rule.after);
    }
    notice_members();
    settle();
  }

 private:
  // Only a port that leaves or reaches this host can make it cease or begin to use a group.
  void notice_port(const Pair<Port>& port) {
    for (const Versioned<Port>* side : {port.before, port.after}) {
      if (side == nullptr || !is_member(**side)) continue;
      members_.insert((*side)->id);
      if (bound_host(**side) != host_) continue;
      for (const SecurityGroupId& group : (*side)->security_groups)
        if (before_.uses(group) != after_.uses(group)) notice_use(group);
    }
  }

  // Rules that are not in the group any more have changed, and are noticed for that.
  void notice_use(SecurityGroupId group) {
    if (!switched_.insert(group).second) return;
    groups_.insert(group);
    each_rule(after_.cloud(), group, [this](const Versioned<SecurityGroupRule>& rule) { notice_rule(*rule); });
  }

  void notice_rule(const SecurityGroupRule& rule) {
    rules_.insert(rule.id);
    if (const auto& remote = rule.permission.remote_group) remotes_.insert(*remote);
    if (const auto& remote = rule.permission.remote_address_group) address_groups_.insert(*remote);
  }

  // All members of a remote come or go with its being named here; those that are in it no more have changed.
  void notice_members() {
    groups_.insert(remotes_.begin(), remotes_.end());
    for (const SecurityGroupId& remote : remotes_) {
      if (before_.names(remote) == after_.names(remote)) continue;
      for (const Uuid& port : after_.cloud().referrers(remote.uuid, Kind::port)) members_.insert({port});
    }
  }

  void settle() {
    const Snapshot& now = after_.cloud();
    for (const SecurityGroupId& id : groups_) {
      const auto* group = now.find<SecurityGroup>(id.uuid);
      settle(id, group, group && (after_.uses(id) || after_.names(id)));
    }
    for (const SecurityGroupRuleId& id : rules_) {
      const auto* rule = now.find<SecurityGroupRule>(id.uuid);
      settle(id, rule, rule && after_.uses((*rule)->group));
    }
    for (const AddressGroupId& id : address_groups_) {
      const auto* group = now.find<AddressGroup>(id.uuid);
      settle(id, group, group && after_.names(id));
    }
    for (const PortId& id : members_) {
      const auto* port = now.find(id);
      if (port && after_.hears_of(**port)) {
        put(items::of_member(*port));
      } else {
        drop(items::member_name(id));
      }
    }
  }

  template <class Id, class R>
  void settle(Id id, const Versioned<R>* row, bool is_here) {
    if (is_here) {
      put(items::of(*row));
    } else {
      drop(items::name(id));
    }
  }

  void put(items::Named item) { slice_ = slice_.with(std::move(item.first), std::move(item.second)); }
  void drop(const SliceName& name) { slice_ = slice_.without(name); }

  Slice& slice_;
  View before_;
  View after_;
  const std::string& host_;
  std::set<SecurityGroupId> switched_;  // which the host used before or uses now, not both
  std::set<SecurityGroupId> remotes_;   // whose being named here may have changed
  // To be settled:
  std::set<SecurityGroupId> groups_;
  std::set<SecurityGroupRuleId> rules_;
  std::set<AddressGroupId> address_groups_;
  std::set<PortId> members_;
};

// The hosts that hear of the rows of one snapshot.
class Audience {
 public:
  Audience(const Snapshot& cloud, std::set<std::string>& hosts) : cloud_(cloud), hosts_(hosts) {}

  void users_of(SecurityGroupId group) {
    if (!users_.insert(group).second) return;
    for (std::string& host : cloud_.hosts_using(group)) hosts_.insert(std::move(host));
  }
  void namers_of(SecurityGroupId remote) {
    if (!named_.insert(remote).second) return;
    each_naming(cloud_, remote, [this](const SecurityGroupRule& rule) { users_of(rule.group); });
  }
  void namers_of(AddressGroupId remote) {
    each_naming(cloud_, remote, [this](const SecurityGroupRule& rule) { users_of(rule.group); });
  }

  // The rows of `side`, which takes its snapshot's row of a pair.
  template <class Side>
  void hear(const Changes& changes, Side&& side) {
    for (const auto& pair : changes.ports)
      if (const auto* port = side(pair); port && is_member(**port))
        for (const SecurityGroupId& group : (*port)->security_groups) namers_of(group);
    for (const auto& pair : changes.rules)
      if (const auto* rule = side(pair)) users_of((*rule)->group);
    for (const auto& pair : changes.groups) {
      const auto* group = side(pair);
      if (group == nullptr) continue;
      users_of((*group)->id);
      namers_of((*group)->id);
    }
    for (const auto& pair : changes.address_groups)
      if (const auto* group = side(pair)) namers_of((*group)->id);
  }

 private:
  const Snapshot& cloud_;
  std::set<std::string>& hosts_;
  std::set<SecurityGroupId> users_;  // asked already
  std::set<SecurityGroupId> named_;
};

}  // namespace

void add(Slice& slice, const Snapshot& cloud, const std::string& host) {
  const auto put = [&slice](items::Named item) { slice = slice.with(std::move(item.first), std::move(item.second)); };
  std::set<SecurityGroupId> groups = groups_used(cloud, host);
  std::set<SecurityGroupId> remotes;
  std::set<AddressGroupId> address_groups;
  for (const SecurityGroupId& used : groups) {
    each_rule(cloud, used, [&](const Versioned<SecurityGroupRule>& rule) {
      put(items::of(rule));
      if (const auto& remote = rule->permission.remote_group) remotes.insert(*remote);
      if (const auto& remote = rule->permission.remote_address_group) address_groups.insert(*remote);
    });
  }
  for (const SecurityGroupId& remote : remotes) {
    for (const Uuid& id : cloud.referrers(remote.uuid, Kind::port))
      if (const auto* port = cloud.find<Port>(id); is_member(**port)) put(items::of_member(*port));
  }
  groups.merge(remotes);
  for (const SecurityGroupId& id : groups)
    if (const auto* group = cloud.find<SecurityGroup>(id.uuid)) put(items::of(*group));
  for (const AddressGroupId& id : address_groups)
    if (const auto* group = cloud.find<AddressGroup>(id.uuid)) put(items::of(*group));
}

void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host) {
  Step(slice, before, after, host).run(changes);
}

void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts) {
  Audience(before, hosts).hear(changes, [](const auto& pair) { return pair.before; });
  Audience(after, hosts).hear(changes, [](const auto& pair) { return pair.after; });
}

}  // namespace tarn::model::security
