#include "gateway_world.h"

#include <poll.h>
#include <signal.h>

#include <boost/json.hpp>

#include "rt/machine_clock.h"
#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr int hosts = 3;
constexpr int routers_max = 40;  // each is the host's with a chance of one in three
constexpr rt::Duration active_within = 30s;
constexpr int poll_ms = 20;

Result<std::string> id_of(const Result<json::value>& made, const char* kind) {
  if (!made) return std::unexpected(made.error());
  return std::string(made->at(kind).at("id").as_string());
}

}  // namespace

Result<std::unique_ptr<GatewayWorld>> GatewayWorld::raise(const Settings& settings) {
  std::unique_ptr<GatewayWorld> world(new GatewayWorld());
  if (Status built = world->build(settings); !built) return std::unexpected(built.error());
  return world;
}

GatewayWorld::~GatewayWorld() {
  if (cloud_) static_cast<void>(sandbox::remove_namespace(upstream_.netns(cloud_->sandbox().layout())));
}

std::vector<ProbeEnd> GatewayWorld::outside() const {
  const std::string netns = upstream_.netns(cloud_->sandbox().layout());
  return {{netns, Ip::parse(upstream_.internet).value()}, {netns, Ip::parse(upstream_.address).value()}};
}

Status GatewayWorld::build(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings, {.hosts = hosts});
  if (!cloud) return std::unexpected(cloud.error());
  cloud_ = std::move(*cloud);
  if (Status done = sandbox::raise_upstream(cloud_->sandbox().layout(), upstream_); !done) return done;
  if (Status done = make_external(); !done) return done;
  for (int tries = 0; tries < routers_max; ++tries) {
    if (Status done = make_router(); !done) return done;
    const Result<bool> active = is_active();
    if (!active) return std::unexpected(active.error());
    if (*active) return boot();
    if (auto gone = cloud_->ask_api("DELETE", "routers/" + router_); !gone) return std::unexpected(gone.error());
  }
  return fail(ErrorCode::unavailable, "no router's gateway was on host 3");
}

Status GatewayWorld::make_external() {
  const json::object network{{"name", "outside"},
                             {"router:external", true},
                             {"provider:network_type", "flat"},
                             {"provider:physical_network", sandbox::physical_network}};
  const auto id = id_of(cloud_->ask_api("POST", "networks", json::object{{"network", network}}), "network");
  if (!id) return std::unexpected(id.error());
  external_ = *id;
  const json::object subnet{{"network_id", external_},
                            {"ip_version", 4},
                            {"cidr", upstream_.address + "/" + std::to_string(upstream_.prefix_length)},
                            {"gateway_ip", upstream_.address},
                            {"enable_dhcp", false}};
  if (auto made = cloud_->ask_api("POST", "subnets", json::object{{"subnet", subnet}}); !made)
    return std::unexpected(made.error());
  return {};
}

Status GatewayWorld::make_router() {
  const json::object given{{"external_gateway_info", json::object{{"network_id", external_}}}};
  const auto id = id_of(cloud_->ask_api("POST", "routers", json::object{{"router", given}}), "router");
  if (!id) return std::unexpected(id.error());
  router_ = *id;
  for (int host = 1; host <= hosts; ++host) {
    if (auto synced = cloud_->ask_agent("await_in_sync", host); !synced) return std::unexpected(synced.error());
  }
  return {};
}

// By what the switch answers: a flow for questions for the gateway's address, which is the router's only one.
Result<bool> GatewayWorld::is_active() const {
  const auto told = cloud_->ask_api("GET", "routers/" + router_);
  if (!told) return std::unexpected(told.error());
  const std::string address(
      told->at("router").at("external_gateway_info").at("external_fixed_ips").at(0).at("ip_address").as_string());
  const auto flows =
      sandbox::must_run(cloud_->sandbox().host(gateway_host).ofctl({"dump-flows", "br-int", "arp,arp_tpa=" + address}));
  if (!flows) return std::unexpected(flows.error());
  return flows->find("arp_tpa=" + address) != std::string::npos;
}

Status GatewayWorld::boot() {
  const auto subnets = cloud_->ask_api("GET", "subnets?network_id=" + cloud_->network());
  if (!subnets) return std::unexpected(subnets.error());
  const json::object subnet{{"subnet_id", subnets->at("subnets").at(0).at("id")}};
  if (auto put = cloud_->ask_api("PUT", "routers/" + router_ + "/add_router_interface", subnet); !put)
    return std::unexpected(put.error());
  for (const int host : {1, 2}) {
    const std::string name = "i" + std::to_string(host);
    const Result<sandbox::Instance> booted = cloud_->sandbox().boot({name, host, cloud_->network(), true});
    if (!booted) return std::unexpected(booted.error());
    const Result<Ip> address = Ip::parse(booted->addresses.front());
    if (!address) return std::unexpected(address.error());
    instances_.push_back({cloud_->sandbox().layout().instance_namespace(name), *address});
    const std::vector<std::string> ping{"ping", "-c", "1", "-i", "0.5", "-w", "10", upstream_.internet};
    const auto reached = sandbox::must_run(sandbox::inside(instances_.back().network_namespace, ping));
    if (!reached) return std::unexpected(reached.error());
  }
  return {};
}

Status GatewayWorld::kill() {
  cloud_->sandbox().host(gateway_host).cut_power();
  return {};
}

Status GatewayWorld::start() {
  return cloud_->sandbox().host(gateway_host).up();
}

Status GatewayWorld::set_wire(const std::string& wire, bool up) {
  const std::string fabric = cloud_->sandbox().layout().fabric_namespace();
  const auto set = sandbox::must_run(sandbox::ip_in(fabric, {"link", "set", wire, up ? "up" : "down"}));
  return set ? Status() : std::unexpected(set.error());
}

Status GatewayWorld::await_active() {
  const rt::MachineClock clock;
  const rt::Instant give_up = clock.now() + active_within;
  while (clock.now() < give_up && !stop_asked()) {
    const Result<bool> active = is_active();
    if (active && *active) return {};
    poll(nullptr, 0, poll_ms);
  }
  return fail(ErrorCode::unavailable, "host 3 did not answer for the gateway again");
}

}  // namespace tarn::bench
