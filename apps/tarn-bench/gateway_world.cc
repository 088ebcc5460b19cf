#include "gateway_world.h"

#include "guest_settings.h"
#include "sandbox/fabric.h"

namespace tarn::bench {

Status GatewayWorld::take(PathEnd instance) {
  if (Status done = leave_room_for_tunnels(instance); !done) return done;
  const Status heard = await_answer(instance, outside_.ends().front().address);
  if (!heard) return fail(heard.error().code, name() + ": " + heard.error().message);
  instances_.push_back(std::move(instance));
  return {};
}

Status GatewayWorld::set_wire(const std::string& wire, bool up) const {
  const std::string fabric = layout().fabric_namespace();
  const auto set = sandbox::must_run(sandbox::ip_in(fabric, {"link", "set", wire, up ? "up" : "down"}));
  return set ? Status() : std::unexpected(set.error());
}

}  // namespace tarn::bench
