#include "sandbox/state.h"

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

namespace tarn::sandbox {
namespace {

namespace json = boost::json;

json::object to_json(const Instance& instance) {
  return {{"name", instance.name},
          {"host", instance.host},
          {"device_id", instance.device_id},
          {"port_id", instance.port_id},
          {"network_id", instance.network_id},
          {"mac", instance.mac},
          {"addresses", json::value_from(instance.addresses)}};
}

Instance instance_from(const json::object& object) {
  return {json::value_to<std::string>(object.at("name")),
          json::value_to<int>(object.at("host")),
          json::value_to<std::string>(object.at("device_id")),
          json::value_to<std::string>(object.at("port_id")),
          json::value_to<std::string>(object.at("network_id")),
          json::value_to<std::string>(object.at("mac")),
          json::value_to<std::vector<std::string>>(object.at("addresses"))};
}

State state_from(const json::object& object) {
  State state;
  state.checkout = json::value_to<std::string>(object.at("checkout"));
  state.hosts = json::value_to<int>(object.at("hosts"));
  state.datapath = object.at("datapath").as_string() == "kernel" ? Datapath::kernel : Datapath::userspace;
  state.api_port = json::value_to<std::uint16_t>(object.at("api_port"));
  for (const json::value& value : object.at("instances").as_array()) {
    Instance instance = instance_from(value.as_object());
    state.instances.emplace(instance.name, std::move(instance));
  }
  return state;
}

}  // namespace

Result<State> load_state(const Layout& layout) {
  std::ifstream file(layout.state_file());
  if (!file) return fail(ErrorCode::not_found, "there is no sandbox '" + layout.name + "'");
  std::ostringstream text;
  text << file.rdbuf();
  // Boost.JSON's accessors throw; this file is the border they do not cross.
  try {
    return state_from(json::parse(text.str()).as_object());
  } catch (const std::exception& error) {
    return fail(ErrorCode::corrupt, layout.state_file().string() + " is damaged (" + error.what() +
                                        "); stop what it started by hand and remove it");
  }
}

Status save_state(const Layout& layout, const State& state) {
  json::array instances;
  for (const auto& [name, instance] : state.instances) instances.push_back(to_json(instance));
  const json::object object{{"checkout", state.checkout},
                            {"hosts", state.hosts},
                            {"datapath", state.datapath == Datapath::kernel ? "kernel" : "userspace"},
                            {"api_port", state.api_port},
                            {"instances", std::move(instances)}};
  const fs::path fresh = layout.state_file().string() + ".new";
  {
    std::ofstream file(fresh);
    file << json::serialize(object) << '\n';
    if (!file.flush()) return fail(ErrorCode::unavailable, "cannot write " + fresh.string() + ": is the disk full?");
  }
  std::error_code error;
  fs::rename(fresh, layout.state_file(), error);
  if (error)
    return fail(ErrorCode::unavailable, "cannot write " + layout.state_file().string() + ": " + error.message());
  return {};
}

}  // namespace tarn::sandbox
