#include "sim/isolation_outside.h"

#include <algorithm>

#include "sim/exits.h"
#include "sim/groups.h"

namespace tarn::sim {
namespace {

constexpr std::uint16_t calling_port = 6100;
constexpr std::uint16_t leaving_port = 4050;
constexpr std::uint16_t far_port = 5000;

class Look {
 public:
  explicit Look(const Scene& scene) : scene_(scene), cloud_(scene.cloud.snapshot()) {}

  std::vector<std::string> always() {
    for (const Attachment& from : scene_.attachments) {
      const model::Port* own = port_of(scene_, from.port);
      if (own == nullptr) continue;
      for (const Family family : {Family::v4, Family::v6}) leave(from, *own, family);
    }
    for (const Outdoors::Address& address : scene_.outdoors.addresses) {
      enter(address);
      knock(address);
    }
    return std::move(broken_);
  }

  std::vector<std::string> at_rest() {
    for (const Attachment& at : scene_.attachments) {
      const model::Port* own = port_of(scene_, at.port);
      if (own == nullptr || may_refuse(*scene_.nodes[at.node])) continue;
      goes_by_its_exits(at, *own, Family::v4);
      goes_by_its_exits(at, *own, Family::v6);
      is_called(at, *own);
      is_called_by_itself(at, *own);
    }
    return std::move(broken_);
  }

 private:
  void report(const std::string& what) { broken_.push_back("isolation: " + what); }

  // By every router that there ever was on its network, as itself.
  void leave(const Attachment& from, const model::Port& own, Family family) {
    const auto doors = scene_.doors.find(own.network);
    const auto source = address_of(own, family);
    if (doors == scene_.doors.end() || !source) return;
    for (const Mac& door : doors->second) {
      const Packet packet = udp(own.mac, door, *source, far_away(family)).set(Field::udp_src, leaving_port);
      for (const Delivery& out : deliveries(scene_, from, packet)) {
        if (!is_outside(out)) {
          report("what " + text(scene_, from) + " sent far away reached " + out.interface);
          continue;
        }
        const Ip seen = source_of(out.packet);
        const bool may_be_open = seen == *source && scene_.outdoors.untranslated.contains({family, own.network});
        if (!is_of_its_routers(own.network, seen) && !may_be_open)
          report(text(scene_, from) + " left as " + seen.text());
      }
    }
  }

  // Networks on one router may have equal addresses, if one of them is on it by IPv6 alone: what is sent to it by IPv4
  // is then taken for the other's.
  [[nodiscard]] bool is_of_its_routers(const NetworkId& network, const Ip& address) const {
    return std::ranges::any_of(scene_.met.at(network), [&](const NetworkId& each) {
      const auto addresses = scene_.outdoors.of_networks.find(each);
      return addresses != scene_.outdoors.of_networks.end() && addresses->second.contains(address);
    });
  }

  // For an address outside that there is, or was, to whoever is, or was, behind it.
  void enter(const Outdoors::Address& address) {
    const auto behind = scene_.outdoors.behind.find(address.ip);
    for (const std::uint16_t port : {far_port, static_cast<std::uint16_t>(7001), static_cast<std::uint16_t>(7002)}) {
      const Packet call = inward(address.tci, address.ip, address.mac, calling_port, port);
      for (std::size_t node = 0; node < scene_.nodes.size(); ++node) {
        for (const Delivery& out : deliveries_from_outside(scene_, node, address.tci, call)) {
          const auto tap = scene_.taps.find(out.interface);
          if (tap == scene_.taps.end()) continue;
          if (behind != scene_.outdoors.behind.end() && behind->second.contains(tap->second)) continue;
          if (scene_.listeners.contains(tap->second)) continue;
          report("a call for " + address.ip.text() + " reached " + out.interface + ", which never had it");
        }
      }
    }
  }

  // For a private address, at the address of a gateway.
  void knock(const Outdoors::Address& address) {
    for (const Attachment& at : scene_.attachments) {
      const model::Port* own = port_of(scene_, at.port);
      const auto inside = own == nullptr ? std::nullopt : address_of(*own, address.ip.family);
      if (!inside) continue;
      const Packet call = inward(address.tci, *inside, address.mac, calling_port, far_port);
      for (std::size_t node = 0; node < scene_.nodes.size(); ++node) {
        for (const Delivery& out : deliveries_from_outside(scene_, node, address.tci, call)) {
          const auto tap = scene_.taps.find(out.interface);
          if (tap == scene_.taps.end() || scene_.listeners.contains(tap->second)) continue;
          if (scene_.outdoors.let_in.contains({inside->family, scene_.networks.at(tap->second)})) continue;
          if (!inside->is_v4() && scene_.outdoors.proxied.contains(tap->second)) continue;
          report("a call for the private " + inside->text() + " reached " + out.interface);
        }
      }
    }
  }

  // By each way that there is just once, by no other, and as nobody else.
  void goes_by_its_exits(const Attachment& at, const model::Port& own, Family family) {
    const auto doors = scene_.doors.find(own.network);
    const auto inside = address_of(own, family);
    if (doors == scene_.doors.end() || !inside) return;
    const std::vector<Exit> exits = exits_of(scene_, at);
    for (const Mac& door : doors->second) {
      bool leads = may_lead_outside(own.network, door);
      for (const Exit& exit : exits) {
        if (exit.door != door || exit.inside.family != family) continue;
        leads = true;
        goes_by(at, own, exit, true);
      }
      Exit any;
      any.door = door;
      any.inside = *inside;
      any.far = far_away(family);
      if (!leads) goes_by(at, own, any, false);
    }
  }
  void goes_by(const Attachment& at, const model::Port& own, const Exit& exit, bool leads) {
    const Packet packet = outward(own, exit, leaving_port);
    const auto out = deliveries(scene_, at, packet);
    const bool may = leads && may_send(cloud_, own, packet);
    if (may && !left_by(out, exit))
      broken_.push_back("convergence: " + text(scene_, at) + " does not get outside as " + exit.address.text());
    if (std::ranges::count_if(out, is_outside) > (may ? 1 : 0))
      report(text(scene_, at) + " got outside by " + exit.door.text() + (may ? " twice" : ", which leads nowhere"));
  }

  // Of a router with a gateway, which passes on what is sent to it by whatever family it is on the network.
  [[nodiscard]] bool may_lead_outside(const NetworkId& network, const Mac& door) const {
    const auto port = cloud_.owner_of(network, door);
    const auto id = port ? model::router_of(**cloud_.find(*port)) : std::nullopt;
    const auto* router = id ? cloud_.find<model::Router>(id->uuid) : nullptr;
    return router != nullptr && (*router)->admin_state_up && !(*router)->gateways.empty();
  }

  // From every host that the segment may bring it to: by the address that it has, and by no other.
  void is_called(const Attachment& at, const model::Port& own) {
    if (!address_of(own, Family::v4)) return;
    const Ip inside = *address_of(own, Family::v4);
    const std::vector<Exit> exits = exits_of(scene_, at);
    const std::vector<Forwarded> all = forwarded_to(scene_, at);
    for (const Outdoors::Address& address : scene_.outdoors.addresses) {
      if (!address.ip.is_v4() || may_take(own.id, address)) continue;  // taking.h
      const auto by = std::ranges::find_if(exits, [&](const Exit& exit) {
        return exit.is_floating && exit.address == address.ip && exit.mac == address.mac;
      });
      const bool has = by != exits.end();
      for (const std::uint16_t port : {far_port, static_cast<std::uint16_t>(7001), static_cast<std::uint16_t>(7002)}) {
        const auto forwarded = std::ranges::find_if(all, [&](const Forwarded& each) {
          return each.address == address.ip && each.mac == address.mac && each.external_port == port;
        });
        const bool is_forwarded = forwarded != all.end();
        const std::uint16_t internal = is_forwarded ? forwarded->internal_port : port;
        const Packet call = inward(address.tci, address.ip, address.mac, calling_port, port);
        const bool may = (has || is_forwarded) &&
                         may_get(cloud_, own, Packet(call).set(Field::ipv4_dst, inside).set(Field::udp_dst, internal));
        for (std::size_t node = 0; node < scene_.nodes.size(); ++node)
          compare(at, address, call, node,
                  may && (is_forwarded ? takes(at, node, forwarded->router) : takes(at, node, *by)));
      }
    }
  }

  // The address leads to whoever takes another one, and that may be this instance.
  [[nodiscard]] bool may_take(const PortId& port, const Outdoors::Address& address) const {
    return std::ranges::any_of(cloud_.table<model::FloatingIp>(), [&](const auto& entry) {
      const model::FloatingIp& floating = *entry.second;
      const auto* holder = floating.port ? cloud_.find(*floating.port) : nullptr;
      return floating.address == address.ip && holder != nullptr && takers_of(cloud_, **holder).contains(port);
    });
  }

  // Where nothing is translated: by every host that may answer for the gateway.
  void is_called_by_itself(const Attachment& at, const model::Port& own) {
    for (const Exit& exit : exits_of(scene_, at)) {
      if (exit.is_translated) continue;
      const Packet call = inward(exit.tci, exit.inside, exit.mac, calling_port, far_port);
      const bool may = exit.is_called && may_get(cloud_, own, call);
      for (std::size_t node = 0; node < scene_.nodes.size(); ++node)
        compare(at, {exit.tci, exit.inside, exit.mac}, call, node, may && takes(at, node, exit.router));
    }
  }

  [[nodiscard]] bool takes(const Attachment& at, std::size_t node, RouterId router) const {
    const std::vector<std::size_t> nodes = landings(scene_, at, router);
    return std::ranges::find(nodes, node) != nodes.end();
  }
  [[nodiscard]] bool takes(const Attachment& at, std::size_t node, const Exit& exit) const {
    return exit.is_central ? takes(at, node, exit.router) : node == at.node;
  }

  void compare(const Attachment& at, const Outdoors::Address& address, const Packet& call, std::size_t node, bool may) {
    const auto out = deliveries_from_outside(scene_, node, address.tci, call);
    const auto came = std::ranges::count_if(out, [&](const Delivery& each) { return each.is_at(at); });
    if (came == (may ? 1 : 0) || scene_.listeners.contains(at.port)) return;
    broken_.push_back("convergence: a call for " + address.ip.text() + " by " + scene_.nodes[node]->host() + " came " +
                      std::to_string(came) + " times to " + text(scene_, at) +
                      (may ? ", which has it" : ", which has it not, or does not let it in"));
  }

  const Scene& scene_;
  const model::Snapshot& cloud_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> isolation_outside(const Scene& scene) {
  return scene.outdoors.addresses.empty() ? std::vector<std::string>() : Look(scene).always();
}

std::vector<std::string> outside_at_rest(const Scene& scene) {
  return scene.outdoors.addresses.empty() ? std::vector<std::string>() : Look(scene).at_rest();
}

}  // namespace tarn::sim
