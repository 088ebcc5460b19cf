#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "sandbox/fabric.h"

namespace tarn::sandbox {
namespace {

// Held while a sandbox is changed, so that two commands do not raise and tear down the same one.
class Lock {
 public:
  static Result<Lock> take(const Layout& layout) {
    std::error_code error;
    fs::create_directories(layout.root, error);
    if (error) return fail(ErrorCode::unavailable, "cannot make " + layout.root.string() + ": " + error.message());
    Lock lock(open(layout.lock_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.descriptor_ < 0 && (errno == EACCES || errno == EPERM)) {
      return fail(ErrorCode::forbidden, "sandbox '" + layout.name + "' is another user's: run as root");
    }
    if (lock.descriptor_ < 0) {
      return fail(ErrorCode::unavailable, "cannot open " + layout.lock_file().string() + ": " + std::strerror(errno));
    }
    if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      return fail(ErrorCode::conflict,
                  "another command is changing sandbox '" + layout.name + "' right now; try again");
    }
    return lock;
  }
  Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~Lock() {
    if (descriptor_ >= 0) close(descriptor_);
  }

 private:
  explicit Lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

Status may_use(const State& state, const Wanted& wanted) {
  if (state.checkout != wanted.checkout) {
    return fail(ErrorCode::conflict, "sandbox '" + wanted.name + "' belongs to the checkout " + state.checkout +
                                         "; run ./down there, or choose another --name and --api-port here");
  }
  if (state.api_port != wanted.api_port || state.datapath != wanted.datapath) {
    return fail(ErrorCode::conflict,
                "sandbox '" + wanted.name + "' runs with another --api-port or --datapath; run " + "./down first");
  }
  return {};
}

// Asked before anything is made: ovs-vswitchd would start all the same, and no bridge of it would ever appear.
Status may_have(Datapath datapath) {
  if (datapath == Datapath::userspace) return {};
  const Result<Finished> asked = run({"genl", "ctrl", "get", "name", "ovs_datapath"});
  if (!asked) return std::unexpected(asked.error());
  if (asked->exit_code == 0) return {};
  return fail(ErrorCode::unsupported,
              "--datapath system needs the kernel's openvswitch module, which is not loaded here: "
              "modprobe openvswitch, or take --datapath userspace");
}

// What the sandbox's operator allows: VLANs and a flat network on its provider bridges.
Status write_server_config(const Layout& layout) {
  const fs::path path = layout.server_dir() / "server.yaml";
  if (fs::exists(path)) return {};
  std::ofstream file(path);
  file << "vlan_ranges: {" << physical_network << ": \"100:199\"}\nflat_networks: [" << physical_network << "]\n"
       << "quotas: {network: -1, subnet: -1, port: -1}\n"
       << "identity: {mode: local, file: " << layout.identity_file() << "}\n";
  if (!file.flush()) return fail(ErrorCode::unavailable, "cannot write " + path.string() + ": is the disk full?");
  return {};
}

Result<State> state_for(const Layout& layout, const Wanted& wanted, const Progress& progress) {
  Result<State> known = load_state(layout);
  if (known) {
    if (Status allowed = may_use(*known, wanted); !allowed) return std::unexpected(allowed.error());
    progress("adopting sandbox '" + wanted.name + "'");
    known->hosts = std::max(known->hosts, wanted.hosts);
    return known;
  }
  if (known.error().code != ErrorCode::not_found) return known;
  return State{wanted.checkout, wanted.hosts, wanted.datapath, wanted.api_port, {}};
}

constexpr const char* api_address = "127.0.0.1";
constexpr const char* identity_path = "/identity/v3";

Result<std::shared_ptr<identity::PasswordLogin>> login_of(const Layout& layout, std::uint16_t api_port) {
  Result<identity::PasswordAccount> admin = account(layout, "admin");
  if (!admin) return std::unexpected(admin.error());
  return std::make_shared<identity::PasswordLogin>(api::HttpClient(api_address, api_port), identity_path,
                                                   std::move(*admin));
}

}  // namespace

Sandbox::Sandbox(Layout layout, State state, fs::path programs)
    : layout_(std::move(layout)),
      state_(std::move(state)),
      programs_(std::move(programs)),
      login_(login_of(layout_, state_.api_port)) {}

api::HttpClient Sandbox::api() const {
  api::HttpClient client(api_address, state_.api_port);
  client.carry([login = login_] { return login ? (*login)->headers() : std::unexpected(login.error()); });
  return client;
}

Result<Sandbox> Sandbox::up(const Wanted& wanted, const Progress& progress) {
  if (geteuid() != 0) return fail(ErrorCode::forbidden, "a sandbox makes network namespaces: run as root");
  if (wanted.hosts < 1 || wanted.hosts > hosts_max) {
    return fail(ErrorCode::invalid, "--hosts must be 1 to " + std::to_string(hosts_max));
  }
  if (Status possible = may_have(wanted.datapath); !possible) return std::unexpected(possible.error());
  const Layout layout{wanted.name, wanted.root};
  const Result<Lock> lock = Lock::take(layout);
  if (!lock) return std::unexpected(lock.error());
  Result<State> state = state_for(layout, wanted, progress);
  if (!state) return std::unexpected(state.error());
  std::error_code error;
  fs::create_directories(layout.server_dir(), error);
  if (error) return fail(ErrorCode::unavailable, "cannot make " + layout.dir().string() + ": " + error.message());

  if (Status made = make_accounts(layout); !made) return std::unexpected(made.error());
  if (Status written = write_server_config(layout); !written) return std::unexpected(written.error());
  const bool fresh = !fs::exists(layout.state_file());
  Sandbox sandbox(layout, std::move(*state), wanted.programs);
  if (Status saved = sandbox.save(); !saved) return std::unexpected(saved.error());
  progress("server");
  if (Status done = sandbox.start_server(); !done) {
    // Nothing runs yet, so nothing shall bind the next try to this one's port.
    if (fresh) fs::remove(layout.state_file(), error);
    return std::unexpected(done.error());
  }
  if (Status done = raise_fabric(layout); !done) return std::unexpected(done.error());
  for (int number = 1; number <= sandbox.state_.hosts; ++number) {
    progress(Layout::host_name(number) + ": ovsdb-server, ovs-vswitchd, tarn-agent");
    if (Status done = sandbox.host(number).up(); !done) return std::unexpected(done.error());
  }
  return sandbox;
}

Result<Sandbox> Sandbox::open(const std::string& name, const fs::path& root) {
  const Layout layout{name, root};
  Result<State> state = load_state(layout);
  if (!state) return std::unexpected(state.error());
  std::error_code error;
  const fs::path programs = fs::read_symlink("/proc/self/exe", error).parent_path();
  return Sandbox(layout, std::move(*state), programs);
}

Status Sandbox::down(const std::string& name, const fs::path& root, const Progress& progress) {
  const Layout layout{name, root};
  const Result<State> state = load_state(layout);
  if (!state) return std::unexpected(state.error());
  const Result<Lock> lock = Lock::take(layout);
  if (!lock) return std::unexpected(lock.error());
  const Sandbox sandbox(layout, *state, {});
  Status outcome;
  const auto note = [&](Status done) {
    if (!done && outcome) outcome = std::move(done);
  };
  progress("instances");
  for (const auto& [label, instance] : state->instances) note(remove_namespace(layout.instance_namespace(label)));
  for (int number = 1; number <= state->hosts; ++number) {
    progress(Layout::host_name(number));
    note(sandbox.host(number).down());
  }
  progress("server");
  sandbox.stop_server(SIGTERM);
  note(remove_namespace(layout.fabric_namespace()));
  if (!outcome) return outcome;
  std::error_code error;
  fs::remove_all(layout.dir(), error);
  fs::remove(layout.lock_file(), error);
  fs::remove(layout.root, error);  // refused while another sandbox is in it
  return {};
}

std::optional<ProcessMark> Sandbox::server() const {
  const std::optional<ProcessMark> mark = recall(layout_.server_dir() / "tarn-server.process");
  return mark && alive(*mark) ? mark : std::nullopt;
}

Status Sandbox::start_server() const {
  if (server()) return {};
  const Result<Daemon> daemon =
      start_daemon({(programs_ / "tarn-server").string(), "--state-dir", layout_.server_dir().string(), "--api",
                    "127.0.0.1:" + std::to_string(state_.api_port), "--feed", layout_.feed(), "--config",
                    (layout_.server_dir() / "server.yaml").string()},
                   layout_.server_dir() / "tarn-server.log", "tarn-server ready");
  if (!daemon) return std::unexpected(daemon.error());
  return remember(layout_.server_dir() / "tarn-server.process", daemon->mark);
}

void Sandbox::stop_server(int signal) const {
  if (const std::optional<ProcessMark> mark = server()) stop_process(*mark, signal);
}

int Sandbox::emptiest_host() const {
  std::vector<int> load(static_cast<std::size_t>(state_.hosts), 0);
  for (const auto& [name, instance] : state_.instances) ++load[static_cast<std::size_t>(instance.host - 1)];
  return static_cast<int>(std::min_element(load.begin(), load.end()) - load.begin()) + 1;
}

std::string clouds_yaml(const Sandbox& sandbox) {
  const std::string url = std::string("http://") + api_address + ":" + std::to_string(sandbox.state().api_port);
  std::string text = "clouds:\n";
  for (const std::string name : account_names) {
    const Result<identity::PasswordAccount> who = account(sandbox.layout(), name);
    if (!who) continue;
    text += "  " + (name == "admin" ? std::string("tarn") : "tarn-" + name) + ":\n    auth:\n      auth_url: " + url +
            identity_path + "\n      username: " + who->username + "\n      password: \"" + who->password +
            "\"\n      project_name: " + who->project_name + "\n      user_domain_name: " + who->domain_name +
            "\n      project_domain_name: " + who->domain_name +
            "\n    region_name: RegionOne\n    identity_api_version: \"3\"\n";
  }
  return text;
}

}  // namespace tarn::sandbox
