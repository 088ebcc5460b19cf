// The export of the integration bridge's traffic to collectors: an IPFIX or an sFlow row, and the bridge's reference to
// it. The agent's configuration decides: where it names collectors, ours takes the place of whatever row the bridge
// refers to; where it names none, only a row with our mark goes. Rows of other bridges are never looked at. Columns
// that are not named here are the operator's, in a row of ours too.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "reconcile/domain.h"

namespace tarn::domain {

struct FlowExport {
  enum class Key : std::uint8_t { ipfix, sflow };

  static constexpr std::string_view unit_mark = "tarn-unit";  // key of the row's external_ids
  static constexpr std::uint32_t sampling_default = 400;      // ovs-vswitchd.conf.db(5), IPFIX and sFlow: "sampling"

  struct Spec {
    std::set<std::string> collectors;           // as collector() writes them; at least one
    std::uint32_t sampling = sampling_default;  // one packet of so many; at least 1
    std::string agent;                          // of sFlow: the address this node goes by; empty: the switch chooses
    std::string unit;                           // whose row this is; not empty

    bool operator==(const Spec&) const = default;
  };
  struct Seen {
    std::set<std::string> collectors;
    std::optional<std::int64_t> sampling;
    std::string agent;
    std::optional<std::string> unit;  // absent: no mark, a foreign row

    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "flow export";
  static constexpr bool shares_foreign = true;
  static reconcile::Ownership ownership(const Key&, const Seen& have) {
    return have.unit.has_value() ? reconcile::Ownership::ours : reconcile::Ownership::foreign;
  }
  static reconcile::Drift drift(const Spec& want, const Seen& have);
  static std::uint64_t group(const Key& key, const Spec&) { return static_cast<std::uint64_t>(key); }
  static std::uint64_t group(const Key& key, const Seen&) { return static_cast<std::uint64_t>(key); }

  // "192.0.2.1:4739" or "[2001:db8::1]:6343" in its one spelling. Errors: another form, a port that is none, an address
  // that no single collector can have.
  static Result<std::string> collector(std::string_view text);
};

static_assert(reconcile::Domain<FlowExport>);

std::string_view text_of(FlowExport::Key kind);  // "ipfix", "sflow": the bridge's columns

}  // namespace tarn::domain
