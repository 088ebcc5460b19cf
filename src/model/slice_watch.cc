#include "model/slice_watch.h"

#include <algorithm>

#include "model/slice_items.h"

namespace tarn::model::watch {
namespace {

// Empty: nowhere.
std::string host_of(const Snapshot& cloud, PortId id) {
  const Versioned<Port>* port = cloud.find(id);
  return port == nullptr ? std::string() : bound_host(**port);
}

bool has_ports(const Snapshot& cloud, const std::string& host) {
  return std::ranges::any_of(cloud.ports_on(host),
                             [&](const PortId& id) { return !bound_host(**cloud.find(id)).empty(); });
}

bool is_of_project(const Log& log) {
  return !log.resource && !log.target;
}

// What watches ports of one host, in one snapshot.
class View {
 public:
  View(const Snapshot& cloud, const std::string& host) : cloud_(cloud), host_(host) {}

  [[nodiscard]] bool is_here(PortId port) const { return host_of(cloud_, port) == host_; }
  [[nodiscard]] bool shows(const Log& log) const {
    if (!log.enabled) return false;
    if (log.target) return is_here({*log.target});
    return log.resource ? cloud_.host_uses({*log.resource}, host_) : has_ports(cloud_, host_);
  }
  [[nodiscard]] bool shows(const TapFlow& flow) const { return is_here(flow.source); }
  [[nodiscard]] bool shows(const TapMirror& mirror) const { return is_here(mirror.port); }
  [[nodiscard]] bool shows(const TapService& service) const {
    if (cloud_.find(service.port) == nullptr) return false;
    return is_here(service.port) || cloud_.any_referrer(service.id.uuid, Kind::tap_flow, [this](const Uuid& id) {
      return shows(**cloud_.find<TapFlow>(id));
    });
  }

 private:
  const Snapshot& cloud_;
  const std::string& host_;
};

// Rows whose being here, or whose content, may have changed.
struct Noticed {
  std::set<Uuid> logs, services, flows, mirrors;

  void port(const Snapshot& cloud, const Uuid& id) {
    insert(logs, cloud.referrers(id, Kind::log));
    insert(services, cloud.referrers(id, Kind::tap_service));
    insert(mirrors, cloud.referrers(id, Kind::tap_mirror));
    for (const Uuid& each : cloud.referrers(id, Kind::tap_flow)) flow(**cloud.find<TapFlow>(each));
  }
  void flow(const TapFlow& flow) {
    flows.insert(flow.id.uuid);
    services.insert(flow.service.uuid);
  }
  void group(const Snapshot& cloud, SecurityGroupId id) { insert(logs, cloud.referrers(id.uuid, Kind::log)); }
  void logs_of_projects(const Snapshot& cloud) {
    for (const auto& [id, log] : cloud.table<Log>())
      if (is_of_project(*log)) logs.insert(id);
  }

 private:
  static void insert(std::set<Uuid>& into, const std::vector<Uuid>& ids) { into.insert(ids.begin(), ids.end()); }
};

template <class R>
items::Named item_of(const Snapshot&, const Versioned<R>& row) {
  return items::of(row);
}
items::Named item_of(const Snapshot& cloud, const Versioned<TapService>& row) {
  return items::of_tap(cloud, row);
}

// Each is put or dropped by what is so now.
class Settling {
 public:
  Settling(Slice& slice, const Snapshot& cloud, const std::string& host)
      : slice_(slice), cloud_(cloud), view_(cloud, host) {}

  void settle(const Noticed& noticed) {
    each<Log, LogId>(noticed.logs);
    each<TapService, TapServiceId>(noticed.services);
    each<TapFlow, TapFlowId>(noticed.flows);
    each<TapMirror, TapMirrorId>(noticed.mirrors);
  }

 private:
  template <class R, class Id>
  void each(const std::set<Uuid>& ids) {
    for (const Uuid& id : ids) {
      const Versioned<R>* row = cloud_.find<R>(id);
      if (row != nullptr && view_.shows(**row)) {
        items::Named item = item_of(cloud_, *row);
        slice_ = slice_.with(std::move(item.first), std::move(item.second));
      } else {
        slice_ = slice_.without(items::name(Id{id}));
      }
    }
  }

  Slice& slice_;
  const Snapshot& cloud_;
  View view_;
};

// Only a port that leaves or reaches the host can make it cease or begin to use a group, or to have ports at all.
void notice_moves(Noticed& noticed, const Snapshot& before, const Snapshot& after, const Changes& changes,
                  const std::string& host) {
  bool moved = false;
  each_side(changes.ports, before, after, [&](const Snapshot&, const Port& port) {
    if (bound_host(port) != host) return;
    moved = true;
    for (const SecurityGroupId& group : port.security_groups)
      if (before.host_uses(group, host) != after.host_uses(group, host)) noticed.group(after, group);
  });
  // Of a cloud without logs no port need be counted.
  if (!moved || after.table<Log>().empty()) return;
  if (has_ports(before, host) != has_ports(after, host)) noticed.logs_of_projects(after);
}

}  // namespace

void add(Slice& slice, const Snapshot& cloud, const std::string& host) {
  Noticed noticed;
  std::set<SecurityGroupId> groups;
  for (const PortId& id : cloud.ports_on(host)) {
    const Port& port = **cloud.find(id);
    if (bound_host(port).empty()) continue;
    noticed.port(cloud, id.uuid);
    groups.insert(port.security_groups.begin(), port.security_groups.end());
  }
  for (const SecurityGroupId& group : groups) noticed.group(cloud, group);
  noticed.logs_of_projects(cloud);
  Settling(slice, cloud, host).settle(noticed);
}

void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host) {
  Noticed noticed;
  notice_moves(noticed, before, after, changes, host);
  each_side(changes.ports, before, after,
            [&](const Snapshot& cloud, const Port& port) { noticed.port(cloud, port.id.uuid); });
  each_side(changes.logs, before, after, [&](const Snapshot&, const Log& log) { noticed.logs.insert(log.id.uuid); });
  each_side(changes.tap_services, before, after,
            [&](const Snapshot&, const TapService& service) { noticed.services.insert(service.id.uuid); });
  each_side(changes.tap_flows, before, after, [&](const Snapshot&, const TapFlow& flow) { noticed.flow(flow); });
  each_side(changes.tap_mirrors, before, after,
            [&](const Snapshot&, const TapMirror& mirror) { noticed.mirrors.insert(mirror.id.uuid); });
  Settling(slice, after, host).settle(noticed);
}

namespace {

// The hosts that hear of the rows of one snapshot.
class Audience {
 public:
  explicit Audience(std::set<std::string>& hosts) : hosts_(hosts) {}

  void of_port(const Snapshot& cloud, PortId id) { hosts_.insert(host_of(cloud, id)); }
  void of_service(const Snapshot& cloud, const Uuid& service) {
    for (const Uuid& id : cloud.referrers(service, Kind::tap_flow)) of_port(cloud, (**cloud.find<TapFlow>(id)).source);
  }
  // Those whose copies go to the port.
  void of_tapped(const Snapshot& cloud, PortId port) {
    for (const Uuid& service : cloud.referrers(port.uuid, Kind::tap_service)) of_service(cloud, service);
  }
  void of_log(const Snapshot& cloud, const Log& log) {
    if (log.target) return of_port(cloud, {*log.target});
    if (log.resource) {
      for (std::string& host : cloud.hosts_using({*log.resource})) hosts_.insert(std::move(host));
      return;
    }
    for (const auto& [id, port] : cloud.ports()) hosts_.insert(bound_host(*port));
  }

 private:
  std::set<std::string>& hosts_;
};

}  // namespace

void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts) {
  Audience audience(hosts);
  each_side(changes.ports, before, after,
            [&](const Snapshot& cloud, const Port& port) { audience.of_tapped(cloud, port.id); });
  each_side(changes.agents, before, after, [&](const Snapshot& cloud, const Agent& agent) {
    for (const PortId& port : cloud.ports_on(agent.host)) audience.of_tapped(cloud, port);
  });
  each_side(changes.logs, before, after, [&](const Snapshot& cloud, const Log& log) { audience.of_log(cloud, log); });
  each_side(changes.tap_services, before, after, [&](const Snapshot& cloud, const TapService& service) {
    audience.of_port(cloud, service.port);
    audience.of_service(cloud, service.id.uuid);
  });
  each_side(changes.tap_flows, before, after,
            [&](const Snapshot& cloud, const TapFlow& flow) { audience.of_port(cloud, flow.source); });
  each_side(changes.tap_mirrors, before, after,
            [&](const Snapshot& cloud, const TapMirror& mirror) { audience.of_port(cloud, mirror.port); });
  hosts.erase(std::string());
}

std::set<std::string> tap_hosts(const Slice& slice) {
  static const SliceName first = "tap/";
  std::set<std::string> hosts;
  for (auto at = slice.lower_bound(first); at != slice.end() && (*at).first.starts_with(first); ++at) {
    const std::string& host = std::get<Tap>(*(*at).second.row).host;
    if (!host.empty()) hosts.insert(host);
  }
  return hosts;
}

}  // namespace tarn::model::watch
