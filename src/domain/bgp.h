// What a node's BGP daemon (FRR's bgpd) announces for the cloud: a view for each speaker (a BGP instance that neither
// reads nor writes the kernel's routes), its peers, its routes, and the route maps that these name. Ours are the views
// and the route maps whose names begin with "tarn-"; nothing else of the daemon's configuration is looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/uuid.h"
#include "reconcile/domain.h"

namespace tarn::domain {

struct BgpItem {
  // In the order in which they are made: each refers to those before it.
  enum class Kind : std::uint8_t { map, view, peer, route };

  struct Key {
    Kind kind{};
    Uuid speaker = {};           // zero for a map: those are all views'
    std::uint32_t local_as = 0;  // part of a view's name
    std::string name = {};       // of a map: "in", "out", or a next hop; of a peer its address, of a route its prefix
    auto operator<=>(const Key&) const = default;
  };

  // What the kind has of it.
  struct Spec {
    std::optional<Ip> address = std::nullopt;            // of a view: the router id; of a route: the next hop
    int ip_version = 4;                                  // of a peer and a route
    std::uint32_t remote_as = 0;                         // of a peer
    std::optional<std::string> password = std::nullopt;  // of a peer; never in a text for people
    bool operator==(const Spec&) const = default;
  };
  struct Seen {
    Spec spec;
    bool whole = false;  // what every item of the kind has beside its spec is there, too
    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "bgp";
  static reconcile::Ownership ownership(const Key&, const Seen&) { return reconcile::Ownership::ours; }
  // A peer of another AS is another peer.
  static reconcile::Drift drift(const Spec& want, const Seen& have) {
    if (want == have.spec && have.whole) return reconcile::Drift::none;
    return want.remote_as == have.spec.remote_as ? reconcile::Drift::adjust : reconcile::Drift::replace;
  }
  // A route and the map that it names travel together, and a view with all that goes with it.
  static std::uint64_t group(const Key&, const Spec&) { return 0; }
  static std::uint64_t group(const Key&, const Seen&) { return 0; }
  static Seen as_applied(const Spec& spec) { return {spec, true}; }

  // For people: "view tarn-6f1c… of AS 65000", "route 203.0.113.7/32 of …".
  static std::string text(const Key& key);

  static constexpr const char* map_in = "in";    // takes nothing: what peers announce is nobody's here
  static constexpr const char* map_out = "out";  // lets everything go
};

static_assert(reconcile::Domain<BgpItem>);

}  // namespace tarn::domain
