#include "policy/defaults.h"

namespace tarn::policy {

std::vector<DefaultRule> default_rules() {
  std::vector<DefaultRule> rules;
  for (const auto& area : {base_defaults(), network_defaults(), port_defaults(), router_defaults(), security_defaults(),
                           qos_defaults(), cloud_defaults()}) {
    rules.insert(rules.end(), area.begin(), area.end());
  }
  return rules;
}

}  // namespace tarn::policy
