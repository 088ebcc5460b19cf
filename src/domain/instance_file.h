// What the services of this node (metadata, names) may know of the instance behind a port here: a file, named by the
// number that the switch's registers call the port by. The service learns that number from the address that a question
// comes from (service_side), and needs nobody else to know who asks. The folder is ours alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/uuid.h"
#include "reconcile/domain.h"

namespace tarn::domain {

struct InstanceFile {
  using Key = std::uint32_t;  // below number_end

  static constexpr Key number_end = 1U << 28;
  static constexpr std::size_t bytes_max = 16 * 1024;  // of a file; a larger one is none of ours

  struct Spec {
    PortId port;
    NetworkId network;
    std::string instance_id;  // device_id of the port
    std::string project_id;
    std::string host_name;  // dns_name of the port; may be empty
    Mac mac;
    std::vector<Ip> addresses;  // fixed ones, as the API lists them
    bool operator==(const Spec&) const = default;

    [[nodiscard]] std::string text() const;  // JSON, the file's content
  };
  struct Seen {
    std::string content;
    std::optional<PortId> port;  // absent: the content is not what text() writes

    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "instance file";
  static reconcile::Ownership ownership(const Key&, const Seen&) { return reconcile::Ownership::ours; }
  static reconcile::Drift drift(const Spec& want, const Seen& have) {
    return want.text() == have.content ? reconcile::Drift::none : reconcile::Drift::adjust;
  }
  static std::uint64_t group(const Key& key, const Spec&) { return key; }
  static std::uint64_t group(const Key& key, const Seen&) { return key; }
  static Seen as_applied(const Spec& spec) { return {spec.text(), spec.port}; }

  static Seen seen(std::string content);
  // Errors: invalid, when it is not what text() writes.
  static Result<Spec> parse(std::string_view content);
  static std::string file_name(Key key);                         // "7.json"
  static std::optional<Key> key_of(std::string_view file_name);  // absent: not such a name
};

static_assert(reconcile::Domain<InstanceFile>);

// The address that a service on this node sees where the instance behind port `number` asks: from its `index`th IPv4
// address (below asking_addresses_max), or by IPv6. These addresses are never seen outside of the service's own network
// namespace, so every IPv4 address may be one: the highest four bits are 1 + index, the rest is the number.
inline constexpr std::size_t asking_addresses_max = 6;
Ip service_side4(InstanceFile::Key number, std::size_t index);
Ip service_side6(InstanceFile::Key number);
std::optional<InstanceFile::Key> number_behind(const Ip& service_side);

// The service's end of its interface, and who takes what it sends: the switch.
inline constexpr Mac service_end_mac{{0x0e, 0x74, 0x61, 0x72, 0x6e, 0x01}};
inline constexpr Mac service_switch_mac{{0x0e, 0x74, 0x61, 0x72, 0x6e, 0x02}};

}  // namespace tarn::domain
