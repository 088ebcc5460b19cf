// Conntrack helpers of routers: which of the kernel's modules looks into which protocol's packets.
#include <algorithm>
#include <utility>

#include "model/admit/plain.h"

namespace tarn::model::admission {
namespace {

// What Neutron allows by default.
constexpr std::pair<std::string_view, std::string_view> allowed[] = {
    {"amanda", "tcp"}, {"ftp", "tcp"},  {"h323", "udp"}, {"h323", "tcp"}, {"irc", "tcp"},  {"netbios-ns", "udp"},
    {"pptp", "tcp"},   {"sane", "tcp"}, {"sip", "udp"},  {"sip", "tcp"},  {"snmp", "udp"}, {"tftp", "udp"}};

Status check_allowed(const ConntrackHelper& tracked) {
  std::string protocols;
  for (const auto& [name, protocol] : allowed) {
    if (name != tracked.application) continue;
    if (protocol == tracked.protocol) return {};
    protocols += (protocols.empty() ? "" : ", ") + std::string(protocol);
  }
  if (protocols.empty()) {
    return fail(ErrorCode::invalid, "ConntrackHelperNotAllowed",
                "Conntrack Helper " + tracked.application + " is not allowed.");
  }
  return fail(ErrorCode::invalid, "InvalidProtocolForHelper",
              "Conntrack Helper " + tracked.application + " does not support: " + tracked.protocol +
                  ". Supported protocols are: " + protocols + ".");
}

struct ConntrackHelperRules {
  using Row = ConntrackHelper;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"router", When::created},   {"protocol", When::both},
      {"port", When::both},          {"application", When::both},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const ConntrackHelper* before, ConntrackHelper& tracked) {
    const Result<Router> router = row_for<Router>(draft, tracked.router.uuid);
    if (!router) return fail(router.error());
    tracked.standard.project_id = router->standard.project_id;
    if (Status status = check_allowed(tracked); !status) return status;
    for (const Uuid& id : draft.now().referrers(tracked.router.uuid, Kind::conntrack_helper)) {
      const ConntrackHelper& other = **draft.now().find<ConntrackHelper>(id);
      if (other.id == tracked.id || other.protocol != tracked.protocol || other.port != tracked.port ||
          other.application != tracked.application)
        continue;
      return bad_request("conntrack_helper",
                         "A duplicate conntrack helper entry with same attributes already exists.");
    }
    if (before == nullptr || *before != tracked) draft.bump<Router>(tracked.router.uuid);
    return {};
  }
  static Status release(Draft& draft, const ConntrackHelper& tracked) {
    draft.bump<Router>(tracked.router.uuid);
    return {};
  }
};

}  // namespace

KindRules conntrack_helper_rules() {
  return plain_rules<ConntrackHelperRules>();
}

}  // namespace tarn::model::admission
