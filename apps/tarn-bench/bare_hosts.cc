#include "bare_hosts.h"

#include "benchmarks.h"
#include "sandbox/fabric.h"
#include "sandbox/instance.h"
#include "switch_lab.h"

namespace tarn::bench {
namespace {

constexpr int prefix_length = 16;

std::string instance_name(std::uint32_t number) {
  return "i" + std::to_string(number);
}

}  // namespace

BareHosts::BareHosts(std::filesystem::path folder, const std::string& name)
    : folder_(std::move(folder)), layout_{name, folder_} {}

Result<std::unique_ptr<BareHosts>> BareHosts::raise(const std::string& name, int hosts) {
  const Result<std::string> folder = make_folder("/tmp");
  if (!folder) return std::unexpected(folder.error());
  std::unique_ptr<BareHosts> bare(new BareHosts(*folder, name));
  if (Status started = bare->start(hosts); !started) return std::unexpected(started.error());
  return bare;
}

BareHosts::~BareHosts() {
  for (const sandbox::Host& host : hosts()) {
    if (const Status ended = host.down(); !ended) tell(ended.error().message);
  }
  for (std::uint32_t number = 1; number <= instances_; ++number) {
    static_cast<void>(sandbox::remove_namespace(layout_.instance_namespace(instance_name(number))));
  }
  static_cast<void>(sandbox::remove_namespace(layout_.fabric_namespace()));
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<sandbox::Host> BareHosts::hosts() const {
  std::vector<sandbox::Host> hosts;
  for (int number = 1; number <= hosts_; ++number) {
    hosts.emplace_back(layout_, number, sandbox::Datapath::userspace, std::filesystem::path());
  }
  return hosts;
}

Status BareHosts::start(int hosts) {
  if (Status done = sandbox::raise_fabric(layout_); !done) return done;
  hosts_ = hosts;
  for (const sandbox::Host& host : this->hosts()) {
    std::error_code error;
    std::filesystem::create_directories(host.dir(), error);
    if (error) return fail(ErrorCode::unavailable, "cannot make " + host.dir().string() + ": " + error.message());
    if (Status done = sandbox::wire_host(layout_, host.number()); !done) return done;
    if (Status done = host.start_database(); !done) return done;
    if (Status done = host.start_switch(); !done) return done;
    const auto made = sandbox::must_run(
        host.vsctl({"add-br", "br-int", "--", "set", "Bridge", "br-int", "datapath_type=netdev", "fail-mode=secure"}));
    if (!made) return std::unexpected(made.error());
  }
  return {};
}

Result<PathEnd> BareHosts::plug(int host) {
  const PortIdentity identity = identity_of(++instances_);
  sandbox::Instance instance;
  instance.name = instance_name(instances_);
  instance.host = host;
  instance.device_id = "bench";
  instance.port_id = "p" + std::to_string(instances_);
  instance.mac = identity.mac.text();
  instance.addresses = {identity.address.text()};
  const sandbox::Host there(layout_, host, sandbox::Datapath::userspace, std::filesystem::path());
  if (Status done = sandbox::plug(layout_, there, instance); !done) return std::unexpected(done.error());
  if (Status done = sandbox::set_addresses(layout_, instance, prefix_length); !done)
    return std::unexpected(done.error());
  return PathEnd{layout_.instance_namespace(instance.name), identity.mac, identity.address, instances_};
}

Status BareHosts::readdress(PathEnd& end, const Ip& address, int length) {
  for (std::vector<std::string> words :
       {std::vector<std::string>{"addr", "del", end.address.text() + "/" + std::to_string(prefix_length), "dev",
                                 "eth0"},
        std::vector<std::string>{"addr", "add", address.text() + "/" + std::to_string(length), "dev", "eth0"}}) {
    const auto done = sandbox::must_run(sandbox::ip_in(end.network_namespace, std::move(words)));
    if (!done) return std::unexpected(done.error());
  }
  end.address = address;
  return {};
}

}  // namespace tarn::bench
