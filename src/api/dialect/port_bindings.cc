// The table's rows for the bindings of a port: the one that is active is the port's own, the others stand beside it.
#include "api/dialect/port_bindings.h"

#include <boost/json/parse.hpp>

#include "api/dialect/rows.h"
#include "api/dialect/types.h"

namespace tarn::api::dialect {
namespace {

using model::Port;

Made as_shown(const model::PortBinding& binding, bool active) {
  return {{"host", binding.host},
          {"vif_type", vif_name(binding.vif_type)},
          {"vif_details", vif_details(binding.vif_type)},
          {"vnic_type", binding.vnic_type},
          {"profile", profile_in(binding.profile)},
          {"status", active ? "ACTIVE" : "INACTIVE"}};
}

std::vector<Made> bindings_of(const View& parent) {
  std::vector<Made> all;
  const Port& port = parent.as<Port>();
  if (!port.binding_host.empty())
    all.push_back(as_shown({port.binding_host, port.vnic_type, port.binding_profile, port.vif_type}, true));
  for (const auto& binding : port.other_bindings) all.push_back(as_shown(binding, false));
  return all;
}

json::object change(model::Verb verb, const std::string& host, json::object given) {
  switch (verb) {
    case model::Verb::create:
      return {{"add_binding", std::move(given)}};
    case model::Verb::update:
      given["host"] = host;
      return {{"change_binding", std::move(given)}};
    case model::Verb::remove:
    case model::Verb::adopt:
      break;
  }
  return {{"remove_binding", host}};
}

}  // namespace

std::string_view vif_name(model::VifType type) {
  switch (type) {
    case model::VifType::unbound:
      return "unbound";
    case model::VifType::ovs:
      return "ovs";
    case model::VifType::binding_failed:
      return "binding_failed";
  }
  return {};
}

json::value vif_details(model::VifType type) {
  if (type != model::VifType::ovs) return json::object();
  return json::object(
      {{"port_filter", true}, {"ovs_hybrid_plug", false}, {"connectivity", "l2"}, {"bridge_name", "br-int"}});
}

json::value profile_in(const std::string& text) {
  if (text == "{}") return json::object();
  boost::system::error_code error;
  json::value profile = json::parse(text, error);
  return error ? json::value(json::object()) : profile;
}

Resource port_bindings() {
  Resource resource{.singular = "binding",
                    .plural = "bindings",
                    .rule = "port_binding",
                    .kind = model::Kind::port,
                    .alias = "binding-extended",
                    .bulk = false,
                    .not_found = "PortBindingNotFound"};
  resource.parent = {.word = "ext_parent", .kind = model::Kind::port, .path = "ports"};
  resource.made = {.all = bindings_of, .id = "host", .change = change};
  auto& rows = resource.attributes;
  rows.push_back(
      {.name = "host", .type = text(255), .model = made("host"), .given = Given::post, .required = true, .sort = true});
  rows.push_back({.name = "vif_type", .type = shown_text(), .model = made("vif_type")});
  rows.push_back({.name = "vif_details", .type = shown("object"), .model = made("vif_details"), .filter = false});
  rows.push_back({.name = "vnic_type",
                  .type = one_of({{"normal", "normal"}}),
                  .model = made("vnic_type"),
                  .given = Given::both,
                  .absent = "\"normal\""});
  rows.push_back({.name = "profile",
                  .type = dictionary(profile_bytes_max),
                  .model = made("profile"),
                  .given = Given::both,
                  .absent = "{}",
                  .filter = false});
  rows.push_back({.name = "status", .type = shown_text(), .model = made("status")});
  for (Attribute& each : rows) each.alias = "binding-extended";
  resource.actions.push_back({.name = "activate",
                              .rule = "activate_port_binding",
                              .given = [](json::object, const View& binding) -> Result<json::object> {
                                return json::object{{"activate_binding", binding.as<Made>().at("host")}};
                              },
                              .alias = "binding-extended"});
  return resource;
}

}  // namespace tarn::api::dialect
