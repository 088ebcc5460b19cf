#include "model/admit/plug.h"

#include "model/admit/rules.h"

namespace tarn::model::admission {

Result<Port> plug(Draft& draft, const Plug& wanted) {
  const Result<Mac> mac = new_mac(draft, wanted.network);
  if (!mac) return fail(mac.error());
  Port port;
  port.id = {draft.new_id(Kind::port)};
  port.standard.project_id = wanted.project;
  port.network = wanted.network;
  port.mac = *mac;
  port.device_id = wanted.device_id;
  port.device_owner = wanted.device_owner;
  port.port_security_enabled = false;  // ports of the cloud's own devices are trusted
  Result<std::vector<FixedIp>> addresses =
      wanted.addresses ? asked_addresses(draft, port, *wanted.addresses) : usual_addresses(draft, port);
  if (!addresses) return fail(addresses.error());
  port.fixed_ips = std::move(*addresses);
  draft.create(port);
  return **draft.now().find(port.id);
}

Result<Port> readdress(Draft& draft, PortId id, const std::vector<WantedIp>& wanted) {
  Port port = **draft.now().find(id);
  Result<std::vector<FixedIp>> addresses = asked_addresses(draft, port, wanted);
  if (!addresses) return fail(addresses.error());
  port.fixed_ips = std::move(*addresses);
  draft.update(port);
  return **draft.now().find(id);
}

Result<Uuid> uuid_in(const boost::json::object& given, std::string_view word) {
  const boost::json::value* value = given.if_contains(word);
  const boost::json::string* text = value ? value->if_string() : nullptr;
  if (text == nullptr) return invalid_input("'" + std::string(word) + "' is not given, or is no UUID.");
  const Result<Uuid> id = Uuid::parse({text->data(), text->size()});
  if (!id) return invalid_input(id.error().message);
  return *id;
}

}  // namespace tarn::model::admission
