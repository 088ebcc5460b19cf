// The local number of a network on this node (metadata and conntrack zone), written on the integration bridge so that a
// restarted agent reads it back instead of choosing anew. Gateways have one too, and so has what finds its meters by a
// number (render), by ids that are no network's. Every key with our prefix is ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.h"
#include "reconcile/domain.h"

namespace tarn::domain {

struct NetworkNumber {
  using Key = NetworkId;

  static constexpr std::string_view prefix =
      "tarn-network-";  // of keys in Bridge.external_ids, before the network's UUID

  struct Spec {
    std::uint32_t number = 0;

    bool operator==(const Spec&) const = default;
  };
  struct Seen {
    std::optional<std::uint32_t> number;  // absent: what is written there is no number

    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "network number";
  static reconcile::Ownership ownership(const Key&, const Seen&) { return reconcile::Ownership::ours; }
  static reconcile::Drift drift(const Spec& want, const Seen& have) {
    return have.number == want.number ? reconcile::Drift::none : reconcile::Drift::adjust;
  }
  static std::uint64_t group(const Key& key, const Spec&);
  static std::uint64_t group(const Key& key, const Seen&);

  static std::string written_key(const Key& network);                    // "tarn-network-<uuid>"
  static std::optional<Key> network_of(std::string_view external_id);    // absent: not such a key
  static std::optional<std::uint32_t> number_of(std::string_view text);  // decimal digits only
};

}  // namespace tarn::domain
