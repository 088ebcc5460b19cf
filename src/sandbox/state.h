// What cannot be derived from a sandbox's name: who made it, how large it is, and which instances were booted.
// One JSON file, written whole.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/host.h"

namespace tarn::sandbox {

struct Instance {
  std::string name;
  int host = 0;
  std::string device_id;  // the UUID a compute service would give the instance
  std::string port_id;
  std::string network_id;
  std::string mac;
  std::vector<std::string> addresses;
  bool operator==(const Instance&) const = default;

  // As Nova names the interface of a port: "tap" and the first 11 characters of its id.
  [[nodiscard]] std::string tap() const { return "tap" + port_id.substr(0, 11); }
};

struct State {
  std::string checkout;  // the source tree whose programs run here
  int hosts = 0;
  Datapath datapath = Datapath::userspace;
  std::uint16_t api_port = 9696;
  std::map<std::string, Instance> instances;
};

Result<State> load_state(const Layout& layout);  // not_found: there is no such sandbox
Status save_state(const Layout& layout, const State& state);

}  // namespace tarn::sandbox
