// What the names service of this node (tarn-names) may know of a network: how its ports are called, and their
// addresses. A file, named by the network, that the service reads for whoever asks from a port there (instance_file.h
// says who that is). The folder is ours alone.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/uuid.h"
#include "reconcile/domain.h"

namespace tarn::domain {

struct NameFile {
  using Key = NetworkId;

  static constexpr std::size_t names_max = 65'536;  // of a network: a /16 of addresses; more are not told
  // Of a file; a larger one is none of ours. So many names, each of 255 bytes, with its address.
  static constexpr std::size_t bytes_max = 24 * 1024 * 1024;

  struct Name {
    std::string name;  // whole, in lower case: "web.openstacklocal."
    Ip address;
    auto operator<=>(const Name&) const = default;
  };
  struct Spec {
    std::string domain;       // "openstacklocal."
    std::vector<Name> names;  // in an order of their own, each once
    bool operator==(const Spec&) const = default;

    [[nodiscard]] std::string text() const;  // JSON, the file's content
  };
  struct Seen {
    std::string content;
    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "name file";
  static reconcile::Ownership ownership(const Key&, const Seen&) { return reconcile::Ownership::ours; }
  static reconcile::Drift drift(const Spec& want, const Seen& have) {
    return want.text() == have.content ? reconcile::Drift::none : reconcile::Drift::adjust;
  }
  static std::uint64_t group(const Key& key, const Spec&);
  static std::uint64_t group(const Key& key, const Seen&);
  static Seen as_applied(const Spec& spec) { return {spec.text()}; }

  static Seen seen(std::string content) { return {std::move(content)}; }
  // Errors: invalid, when it is not what text() writes.
  static Result<Spec> parse(std::string_view content);
  static std::string file_name(const Key& key);                  // "6f1c….json"
  static std::optional<Key> key_of(std::string_view file_name);  // absent: not such a name
};

static_assert(reconcile::Domain<NameFile>);

}  // namespace tarn::domain
