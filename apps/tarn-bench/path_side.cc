#include "path_side.h"

#include <boost/json.hpp>

#include "bare_hosts.h"
#include "bench_cloud.h"
#include "ovn_programs.h"
#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

constexpr const char* mtu = "1400";
constexpr const char* tunnel_port = "tunnel";

class OwnSide final : public PathSide {
 public:
  explicit OwnSide(std::unique_ptr<BenchCloud> cloud) : cloud_(std::move(cloud)) {}
  [[nodiscard]] std::string name() const override { return "Tarn"; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const override {
    return {cloud_->sandbox().host(1), cloud_->sandbox().host(2)};
  }

  // Of the default security group, as every instance that names none.
  Status boot() {
    std::uint32_t number = 0;
    for (const auto& [name, host] : {std::pair("a", 1), std::pair("b", 1), std::pair("c", 2)}) {
      const Result<sandbox::Instance> booted = cloud_->sandbox().boot({name, host, cloud_->network(), true});
      if (!booted) return std::unexpected(booted.error());
      const Result<Mac> mac = Mac::parse(booted->mac);
      const Result<Ip> address = Ip::parse(booted->addresses.front());
      if (!mac || !address) return fail(ErrorCode::corrupt, "the API gave an instance no address");
      ends_.push_back({cloud_->sandbox().layout().instance_namespace(name), *mac, *address, ++number});
    }
    return cloud_->await_active();
  }

 private:
  std::unique_ptr<BenchCloud> cloud_;
};

class OvnSide final : public PathSide {
 public:
  explicit OvnSide(std::unique_ptr<BareHosts> bare)
      : bare_(std::move(bare)), programs_(bare_->dir(), bare_->fabric_namespace()) {}
  [[nodiscard]] std::string name() const override { return "OVN"; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const override { return bare_->hosts(); }

  Status start() {
    if (Status done = programs_.start_central(); !done) return done;
    for (const sandbox::Host& host : bare_->hosts()) {
      const std::string tunnel_address = sandbox::Layout::tunnel_address(host.number()).text();
      const Status done = programs_.start_agent({host.name(), host.dir(), host.netns(), tunnel_address});
      if (!done) return done;
    }
    std::vector<OvnPort> ports;
    std::vector<std::string> names;
    for (const int host : {1, 1, 2}) {
      const Result<PathEnd> end = bare_->plug(host);
      if (!end) return std::unexpected(end.error());
      names.push_back(BareHosts::port_name(*end));
      ports.push_back({names.back(), end->mac.text() + " " + end->address.text()});
      ends_.push_back(*end);
    }
    if (Status done = programs_.add_ports(ports, programs_.patience()); !done) return done;
    return programs_.await_ports(names, "up=true", programs_.patience());
  }

 private:
  std::unique_ptr<BareHosts> bare_;
  OvnPrograms programs_;  // ends before its switches
};

class RunningPlainSide final : public PlainSide {
 public:
  explicit RunningPlainSide(std::unique_ptr<BareHosts> bare) : bare_(std::move(bare)) {}
  [[nodiscard]] std::string name() const override { return "NORMAL"; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const override { return bare_->hosts(); }

  Status start() {
    for (const sandbox::Host& host : bare_->hosts()) {
      const std::string remote = sandbox::Layout::tunnel_address(3 - host.number()).text();
      const auto joined =
          sandbox::must_run(host.vsctl({"add-port", "br-int", tunnel_port, "--", "set", "Interface", tunnel_port,
                                        "type=vxlan", "options:remote_ip=" + remote, "options:key=7"}));
      if (!joined) return std::unexpected(joined.error());
      const auto told = sandbox::must_run(host.ofctl({"add-flow", "br-int", "actions=NORMAL"}));
      if (!told) return std::unexpected(told.error());
    }
    for (const int host : {1, 1, 2}) {
      const Result<PathEnd> end = bare_->plug(host);
      if (!end) return std::unexpected(end.error());
      ends_.push_back(*end);
    }
    return {};
  }
  // With the checksum that each kind has where nobody chooses: OVN asks for it, ours does not.
  Status use(Tunnel tunnel) override {
    const bool geneve = tunnel == Tunnel::geneve;
    for (const sandbox::Host& host : bare_->hosts()) {
      const auto turned =
          sandbox::must_run(host.vsctl({"set", "Interface", tunnel_port, geneve ? "type=geneve" : "type=vxlan",
                                        geneve ? "options:csum=true" : "options:csum=false"}));
      if (!turned) return std::unexpected(turned.error());
    }
    return make_ready();
  }

 private:
  std::unique_ptr<BareHosts> bare_;
};

}  // namespace

Status PathSide::make_ready() const {
  for (const PathEnd& end : ends_) {
    const auto set = sandbox::must_run(sandbox::ip_in(end.network_namespace, {"link", "set", "eth0", "mtu", mtu}));
    if (!set) return std::unexpected(set.error());
  }
  for (const PathEnd& from : ends_) {
    for (const PathEnd& to : ends_) {
      if (from.number == to.number) continue;
      // Ends with the first answer, and after ten seconds without one.
      const auto heard = sandbox::must_run(sandbox::inside(
          from.network_namespace, {"ping", "-q", "-c", "1", "-i", "0.2", "-w", "10", to.address.text()}));
      if (!heard) return fail(heard.error().code, name() + ": " + heard.error().message);
    }
  }
  return {};
}

Result<std::unique_ptr<PathSide>> raise_own_side(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings, {2});
  if (!cloud) return std::unexpected(cloud.error());
  auto side = std::make_unique<OwnSide>(std::move(*cloud));
  if (Status done = side->boot(); !done) return std::unexpected(done.error());
  if (Status done = side->make_ready(); !done) return std::unexpected(done.error());
  return side;
}

Result<std::unique_ptr<PathSide>> raise_ovn_side() {
  Result<std::unique_ptr<BareHosts>> bare = BareHosts::raise("ovn" + std::to_string(getpid()), 2);
  if (!bare) return std::unexpected(bare.error());
  auto side = std::make_unique<OvnSide>(std::move(*bare));
  if (Status done = side->start(); !done) return std::unexpected(done.error());
  if (Status done = side->make_ready(); !done) return std::unexpected(done.error());
  return side;
}

Result<std::unique_ptr<PlainSide>> PlainSide::raise() {
  Result<std::unique_ptr<BareHosts>> bare = BareHosts::raise("nrm" + std::to_string(getpid()), 2);
  if (!bare) return std::unexpected(bare.error());
  auto side = std::make_unique<RunningPlainSide>(std::move(*bare));
  if (Status done = side->start(); !done) return std::unexpected(done.error());
  if (Status done = side->make_ready(); !done) return std::unexpected(done.error());
  return side;
}

}  // namespace tarn::bench
