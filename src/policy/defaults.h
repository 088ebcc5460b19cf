// The rules that hold where no policy file says otherwise: Neutron's of release 21 (2022.2), and what its later
// releases give the role `service`. Rows of text in defaults_*.cc by area; Rules reads them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace tarn::policy {

struct DefaultRule {
  std::string_view name;
  std::string_view check;
  // What the rule was before the roles member and reader: it holds as well, until a file sets the rule. "none" where
  // nothing changed, since an empty check is one that always holds.
  std::string_view former_check = "none";
  std::string_view former_name = {};  // where the rule had another name; a file that still sets that one is obeyed
};

[[nodiscard]] std::vector<DefaultRule> default_rules();

// The areas, in the order in which default_rules() joins them.
[[nodiscard]] std::span<const DefaultRule> base_defaults();
[[nodiscard]] std::span<const DefaultRule> network_defaults();
[[nodiscard]] std::span<const DefaultRule> port_defaults();
[[nodiscard]] std::span<const DefaultRule> router_defaults();
[[nodiscard]] std::span<const DefaultRule> security_defaults();
[[nodiscard]] std::span<const DefaultRule> qos_defaults();
[[nodiscard]] std::span<const DefaultRule> cloud_defaults();

}  // namespace tarn::policy
