#include "guest_settings.h"

#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

constexpr const char* mtu = "1400";

Status status_of(const Result<std::string>& done) {
  return done ? Status() : std::unexpected(done.error());
}

}  // namespace

Status set_gateway(const PathEnd& end, const Ip& gateway) {
  return status_of(
      sandbox::must_run(sandbox::ip_in(end.network_namespace, {"route", "replace", "default", "via", gateway.text()})));
}

Status leave_room_for_tunnels(const PathEnd& end) {
  return status_of(sandbox::must_run(sandbox::ip_in(end.network_namespace, {"link", "set", "eth0", "mtu", mtu})));
}

Status await_answer(const PathEnd& from, const Ip& to) {
  return status_of(sandbox::must_run(
      sandbox::inside(from.network_namespace, {"ping", "-q", "-c", "1", "-i", "0.2", "-w", "10", to.text()})));
}

}  // namespace tarn::bench
