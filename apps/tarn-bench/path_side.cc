#include "path_side.h"

#include <boost/json.hpp>

#include "bare_hosts.h"
#include "bench_cloud.h"
#include "guest_settings.h"
#include "ovn_programs.h"
#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr const char* tunnel_port = "tunnel";

constexpr std::uint32_t second_network = 0x0a010000;  // 10.1.0.0/16
const Ip first_gateway = Ip::from_v4(0x0a000001);
const Ip second_gateway = Ip::from_v4(second_network + 1);

class OwnSide final : public PathSide {
 public:
  explicit OwnSide(std::unique_ptr<BenchCloud> cloud) : cloud_(std::move(cloud)) {}
  [[nodiscard]] std::string name() const override { return "Tarn"; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const override {
    return {cloud_->sandbox().host(1), cloud_->sandbox().host(2)};
  }

  // Of the default security group, as every instance that names none.
  Status boot(Topology topology) {
    std::string others = cloud_->network();
    std::optional<Mac> door;
    if (topology == Topology::routed) {
      const Result<std::string> made = cloud_->sandbox().ensure_network("behind", "10.1.0.0/16");
      if (!made) return std::unexpected(made.error());
      others = *made;
      const Result<Mac> joined = join(others);
      if (!joined) return std::unexpected(joined.error());
      door = *joined;
    }
    std::uint32_t number = 0;
    for (const auto& [name, host] : {std::pair("a", 1), std::pair("b", 1), std::pair("c", 2)}) {
      const bool first = number == 0;
      const Result<sandbox::Instance> booted =
          cloud_->sandbox().boot({name, host, first ? cloud_->network() : others, true});
      if (!booted) return std::unexpected(booted.error());
      const Result<Mac> mac = Mac::parse(booted->mac);
      const Result<Ip> address = Ip::parse(booted->addresses.front());
      if (!mac || !address) return fail(ErrorCode::corrupt, "the API gave an instance no address");
      PathEnd end{cloud_->sandbox().layout().instance_namespace(name), *mac, *address, ++number, std::nullopt};
      if (!first) end.router = door;
      if (door)
        if (Status set = set_gateway(end, first ? first_gateway : second_gateway); !set) return set;
      ends_.push_back(std::move(end));
    }
    return cloud_->await_active();
  }

 private:
  // A router between the first network and the other; answers its MAC address on the first one.
  Result<Mac> join(const std::string& other) const {
    const json::object named{{"name", "bench"}};
    const auto router = cloud_->ask_api("POST", "routers", json::object{{"router", named}});
    if (!router) return std::unexpected(router.error());
    const std::string id = json::value_to<std::string>(router->at("router").at("id"));
    for (const std::string& network : {cloud_->network(), other}) {
      const auto subnets = cloud_->ask_api("GET", "subnets?network_id=" + network);
      if (!subnets) return std::unexpected(subnets.error());
      const json::object interface{{"subnet_id", subnets->at("subnets").at(0).at("id")}};
      const auto added = cloud_->ask_api("PUT", "routers/" + id + "/add_router_interface", interface);
      if (!added) return std::unexpected(added.error());
    }
    const auto ports = cloud_->ask_api("GET", "ports?device_id=" + id + "&network_id=" + cloud_->network());
    if (!ports) return std::unexpected(ports.error());
    return Mac::parse(json::value_to<std::string>(ports->at("ports").at(0).at("mac_address")));
  }

  std::unique_ptr<BenchCloud> cloud_;
};

class OvnSide final : public PathSide {
 public:
  explicit OvnSide(std::unique_ptr<BareHosts> bare)
      : bare_(std::move(bare)), programs_(bare_->dir(), bare_->fabric_namespace()) {}
  [[nodiscard]] std::string name() const override { return "OVN"; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const override { return bare_->hosts(); }

  Status start(Topology topology) {
    if (Status done = programs_.start_central(); !done) return done;
    const bool routed = topology == Topology::routed;
    if (routed) {
      const std::vector<OvnRouterPort> doors{{"bench", inner_mac_.text(), first_gateway.text() + "/16"},
                                             {"behind", outer_mac_.text(), second_gateway.text() + "/16"}};
      const std::vector<std::vector<std::string>> commands{{"ls-add", "behind"}, router_words("router", doors)};
      if (Status done = programs_.nbctl(joined_words(commands), programs_.patience()); !done) return done;
    }
    for (const sandbox::Host& host : bare_->hosts()) {
      const std::string tunnel_address = sandbox::Layout::tunnel_address(host.number()).text();
      const Status done = programs_.start_agent({host.name(), host.dir(), host.netns(), tunnel_address});
      if (!done) return done;
    }
    std::vector<OvnPort> ports;
    std::vector<std::string> names;
    for (const int host : {1, 1, 2}) {
      Result<PathEnd> end = bare_->plug(host);
      if (!end) return std::unexpected(end.error());
      OvnPort port{BareHosts::port_name(*end), {}};
      if (routed) {
        if (Status moved = settle(*end, port); !moved) return moved;
      }
      port.address = end->mac.text() + " " + end->address.text();
      names.push_back(port.name);
      ports.push_back(std::move(port));
      ends_.push_back(*end);
    }
    if (Status done = programs_.add_ports(ports, programs_.patience()); !done) return done;
    return programs_.await_ports(names, "up=true", programs_.patience());
  }

 private:
  // The first stays where it was plugged, the others are behind the router.
  Status settle(PathEnd& end, OvnPort& port) const {
    if (end.number == 1) return set_gateway(end, first_gateway);
    if (Status moved = BareHosts::readdress(end, Ip::from_v4(second_network + 16 + end.number), 16); !moved)
      return moved;
    end.router = inner_mac_;
    port.logical_switch = "behind";
    return set_gateway(end, second_gateway);
  }

  static constexpr Mac inner_mac_{{0xfa, 0x16, 0x3e, 0xee, 0x00, 0x01}};
  static constexpr Mac outer_mac_{{0xfa, 0x16, 0x3e, 0xee, 0x00, 0x02}};
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

Path PathSide::path(Reach reach) const {
  const std::vector<sandbox::Host> both = hosts();
  if (reach == Reach::inside) return {ends_[0], ends_[1], Travel::out, {{"both", both[0]}}};
  return {ends_[0], ends_[2], Travel::out, {{"sender's", both[0]}, {"receiver's", both[1]}}};
}

Status PathSide::make_ready() const {
  for (const PathEnd& end : ends_)
    if (Status set = leave_room_for_tunnels(end); !set) return set;
  for (const PathEnd& from : ends_) {
    for (const PathEnd& to : ends_) {
      if (from.number == to.number) continue;
      if (const Status heard = await_answer(from, to.address); !heard)
        return fail(heard.error().code, name() + ": " + heard.error().message);
    }
  }
  return {};
}

Result<std::unique_ptr<PathSide>> raise_own_side(const Settings& settings, Topology topology) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings, {2});
  if (!cloud) return std::unexpected(cloud.error());
  auto side = std::make_unique<OwnSide>(std::move(*cloud));
  if (Status done = side->boot(topology); !done) return std::unexpected(done.error());
  if (Status done = side->make_ready(); !done) return std::unexpected(done.error());
  return side;
}

Result<std::unique_ptr<PathSide>> raise_ovn_side(Topology topology) {
  Result<std::unique_ptr<BareHosts>> bare = BareHosts::raise("ovn" + std::to_string(getpid()), 2);
  if (!bare) return std::unexpected(bare.error());
  auto side = std::make_unique<OvnSide>(std::move(*bare));
  if (Status done = side->start(topology); !done) return std::unexpected(done.error());
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
