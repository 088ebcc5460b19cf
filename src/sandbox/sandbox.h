// A whole cloud on one machine: a server, a fabric, hosts and instances, raised, adopted and taken down.
// Everything it starts is found again by name and by process mark, and only that is ever stopped.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http_client.h"
#include "sandbox/accounts.h"
#include "sandbox/host.h"
#include "sandbox/instance.h"
#include "sandbox/state.h"

namespace tarn::sandbox {

struct Wanted {
  std::string name = "demo";
  fs::path root = "/run/tarn";
  int hosts = 2;
  Datapath datapath = Datapath::userspace;
  std::uint16_t api_port = 9696;
  std::string checkout;  // of the programs; a sandbox belongs to one checkout
  fs::path programs;     // folder of tarn-server and tarn-agent
};

using Progress = std::function<void(const std::string& line)>;

class Sandbox {
 public:
  // Raises the sandbox, or adopts and completes one that this checkout already runs.
  // Errors: not root; another checkout's sandbox of that name runs; a part did not start (its last log line).
  static Result<Sandbox> up(const Wanted& wanted, const Progress& progress);
  // An existing one.
  static Result<Sandbox> open(const std::string& name, const fs::path& root = "/run/tarn");
  // Stops exactly what was started and removes what was made; what remains of a damaged one too.
  static Status down(const std::string& name, const fs::path& root, const Progress& progress);

  struct Boot {
    std::string name;
    std::optional<int> host;  // otherwise the host with the fewest instances
    std::string network;      // name or id
    bool dhcp = true;         // take the address with a real DHCP client
  };
  // Creates a port bound to the host, plugs an instance and lets it take its address.
  Result<Instance> boot(const Boot& wanted);
  Status remove_instance(const std::string& name);

  // The demo network, made on first use: returns its id.
  Result<std::string> ensure_network(const std::string& name, const std::string& cidr);
  // Waits until every agent is connected to the server. Errors: which one is not, after the timeout.
  Status await_agents(std::chrono::seconds timeout) const;

  Status start_server() const;
  void stop_server(int signal) const;
  [[nodiscard]] std::optional<ProcessMark> server() const;

  [[nodiscard]] const Layout& layout() const { return layout_; }
  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] Host host(int number) const { return {layout_, number, state_.datapath, programs_}; }
  // The API as its administrator, who logs in when he asks first.
  [[nodiscard]] api::HttpClient api() const;
  Status save() const { return save_state(layout_, state_); }

 private:
  Sandbox(Layout layout, State state, fs::path programs);
  [[nodiscard]] int emptiest_host() const;
  Result<Instance> make_port(const Boot& wanted);

  Layout layout_;
  State state_;
  fs::path programs_;
  Result<std::shared_ptr<identity::PasswordLogin>> login_;
};

// A clouds.yaml for the plain `openstack` command against this sandbox, with passwords: `tarn` is its administrator,
// `tarn-demo` a tenant.
std::string clouds_yaml(const Sandbox& sandbox);

}  // namespace tarn::sandbox
