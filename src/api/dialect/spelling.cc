#include "api/dialect/spelling.h"

namespace tarn::api::dialect {

std::string_view status_name(model::PortStatus status) {
  switch (status) {
    case model::PortStatus::down:
      return "DOWN";
    case model::PortStatus::active:
      return "ACTIVE";
    case model::PortStatus::build:
      return "BUILD";
    case model::PortStatus::error:
      return "ERROR";
  }
  return {};
}

std::string_view direction_name(model::Direction direction) {
  switch (direction) {
    case model::Direction::ingress:
      return "ingress";
    case model::Direction::egress:
      return "egress";
    case model::Direction::any:
      return "any";
  }
  return {};
}

std::vector<TextObject<2>> show_routes(const std::vector<model::HostRoute>& routes) {
  std::vector<TextObject<2>> shown;
  for (const auto& route : routes)
    shown.push_back({{{"destination", route.destination.text()}, {"nexthop", route.nexthop.text()}}});
  return shown;
}

std::vector<TextObject<2>> show_fixed_ips(const std::vector<model::FixedIp>& fixed_ips) {
  std::vector<TextObject<2>> shown;
  for (const auto& fixed : fixed_ips)
    shown.push_back({{{"subnet_id", fixed.subnet.text()}, {"ip_address", fixed.address.text()}}});
  return shown;
}

}  // namespace tarn::api::dialect
