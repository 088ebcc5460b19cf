#include "model/admit/port_blocks.h"

#include <algorithm>
#include <bit>
#include <map>

#include "model/admit/rules.h"
#include "model/gateways.h"
#include "model/moves.h"
#include "model/reach.h"
#include "model/slice_changes.h"

namespace tarn::model::admission {
namespace {

constexpr std::uint32_t ports_first = 1024;  // RFC 6056 section 3.2: below are the well-known ones
constexpr std::uint32_t ports_end = 65536;
constexpr std::uint32_t block_least = 16;
constexpr std::uint32_t block_most = 4096;
constexpr std::uint32_t share = 16;          // of what is free
constexpr std::size_t hosts_expected = 500;  // at least, of a cloud that grows

// Routers whose ways out a host may have begun or ceased to need.
class Due {
 public:
  Due(const Snapshot& before, const Snapshot& now) : before_(before), now_(now) {
    for (const Pair<Port>& port : changed_rows<Port>(before, now)) notice(port);
    each_side(changed_rows<Router>(before, now), before, now, [this](const Snapshot&, const Router& router) {
      add_whole(router.id);
      for (const Gateway& gateway : router.gateways) gateways_.insert(gateway.port);
    });
  }

  void add(const std::string& host, std::set<RouterId> routers) { of_hosts_[host].merge(routers); }
  [[nodiscard]] const std::map<std::string, std::set<RouterId>>& of_hosts() const { return of_hosts_; }
  [[nodiscard]] const std::set<PortId>& gateways() const { return gateways_; }

 private:
  void notice(const Pair<Port>& port) {
    using Place = std::tuple<NetworkId, std::string, std::vector<std::string>>;
    const auto place = [](const Versioned<Port>* row) {
      return row == nullptr ? Place() : Place((*row)->network, bound_host(**row), (*row)->left_hosts);
    };
    const bool moved = place(port.before) != place(port.after);
    for (const auto& [cloud, row] : {std::pair(&before_, port.before), std::pair(&now_, port.after)}) {
      if (row == nullptr) continue;
      if (const auto router = router_of(**row)) add_whole(*router);
      if (!moved) continue;
      for (const std::string& host : hosts_had(**row)) of_hosts_[host].merge(routers_from(*cloud, (*row)->network));
    }
  }

  void add_whole(RouterId router) {
    for (const Snapshot* cloud : {&before_, &now_}) {
      std::set<std::string> hosts;
      add_hosts_reaching(*cloud, router, hosts);
      const std::set<RouterId> routers = routers_from(*cloud, router);
      for (const std::string& host : hosts) of_hosts_[host].insert(routers.begin(), routers.end());
    }
  }

  const Snapshot& before_;
  const Snapshot& now_;
  std::map<std::string, std::set<RouterId>> of_hosts_;
  std::set<PortId> gateways_;  // that routers have or had
};

std::vector<PortBlock> blocks_of(const Snapshot& cloud, PortId gateway) {
  std::vector<PortBlock> blocks;
  for (const Uuid& id : cloud.referrers(gateway.uuid, Kind::port_block)) blocks.push_back(**cloud.find<PortBlock>(id));
  std::ranges::sort(blocks, {}, &PortBlock::first);
  return blocks;
}

// The lowest free place for `size` ports; absent when there is none.
std::optional<std::uint32_t> place_for(const std::vector<PortBlock>& taken, std::uint32_t size) {
  std::uint32_t first = ports_first;
  const auto aligned = [size](std::uint32_t port) { return (port + size - 1) / size * size; };
  for (const PortBlock& block : taken) {
    if (aligned(first) + size <= block.first) break;
    first = std::max(first, block.first + block.size);
  }
  first = aligned(first);
  return first + size <= ports_end ? std::optional(first) : std::nullopt;
}

// The first hosts get much and later ones less; the least is kept back for each host that the cloud has or may get, so
// that some two thousand may have the same router.
std::uint32_t size_of_next(std::uint32_t free, std::size_t hosts_without) {
  const auto waiting = static_cast<std::uint32_t>(std::clamp<std::size_t>(hosts_without, hosts_expected, ports_end));
  const std::uint32_t kept_back = std::min(waiting * block_least, free);
  return std::clamp(std::bit_floor(std::max((free - kept_back) / share, free / waiting)), block_least, block_most);
}

void give(Draft& draft, PortId gateway, const std::string& host) {
  const PortBlockId id = port_block_id(gateway, host);
  if (draft.now().find<PortBlock>(id.uuid) != nullptr) return;
  const std::vector<PortBlock> taken = blocks_of(draft.now(), gateway);
  std::uint32_t free = ports_end - ports_first;
  for (const PortBlock& block : taken) free -= block.size;
  const std::size_t hosts = draft.now().agents().size();
  for (std::uint32_t size = size_of_next(free, hosts - std::min(hosts, taken.size())); size >= block_least; size /= 2) {
    const std::optional<std::uint32_t> first = place_for(taken, size);
    if (!first) continue;
    draft.create(PortBlock{id, gateway, host, *first, size});
    return;
  }
}

void take_back(Draft& draft, const PortBlockId& id) {
  if (draft.now().find<PortBlock>(id.uuid) != nullptr) draft.remove(Kind::port_block, id.uuid);
}

// Of a gateway that is no more.
void take_back_all(Draft& draft, PortId gateway) {
  const Versioned<Port>* port = draft.now().find(gateway);
  for (const Uuid& id : draft.now().referrers(gateway.uuid, Kind::router)) {
    for (const Gateway& each : (**draft.now().find<Router>(id)).gateways)
      if (port != nullptr && each.port == gateway) return;
  }
  for (const PortBlock& block : blocks_of(draft.now(), gateway)) take_back(draft, block.id);
}

Status refuse(Draft&, const Request&) {
  return fail(ErrorCode::unsupported, "Port blocks are given to hosts; nobody asks for them.");
}

}  // namespace

void settle_port_blocks(Draft& draft, const Snapshot& before, const std::string& host_asked) {
  Due due(before, draft.now());
  if (!host_asked.empty()) {
    due.add(host_asked, reach_of(draft.now(), host_asked).routers);
    due.add(host_asked, routers_kept(draft.now(), host_asked));
  }
  for (const PortId& gateway : due.gateways()) take_back_all(draft, gateway);
  for (const auto& [host, routers] : due.of_hosts()) {
    for (const RouterId& router : routers) {
      const Versioned<Router>* row = draft.now().find<Router>(router.uuid);
      if (row == nullptr || (*row)->gateways.empty()) continue;
      const bool is_needed =
          is_within_reach(draft.now(), host, router) || !moved_ports(draft.now(), router, host).empty();
      for (const Gateway& gateway : std::vector<Gateway>((*row)->gateways)) {
        if (is_needed && draft.now().find(gateway.port) != nullptr)
          give(draft, gateway.port, host);
        else
          take_back(draft, port_block_id(gateway.port, host));
      }
    }
  }
}

KindRules port_block_rules() {
  return {refuse, refuse, refuse};
}

}  // namespace tarn::model::admission
