// Ours: a server, and agents on three hosts.
#include <poll.h>

#include <boost/json.hpp>

#include "bench_cloud.h"
#include "gateway_world.h"
#include "guest_settings.h"
#include "render/names.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr int host_count = 3;
constexpr int routers_max = 40;  // each is the host's with a chance of one in three
constexpr rt::Duration active_within = 30s;
constexpr int poll_ms = 20;
const std::string sessions_within = "20";  // seconds

Result<std::string> id_of(const Result<json::value>& made, const char* kind) {
  if (!made) return std::unexpected(made.error());
  return std::string(made->at(kind).at("id").as_string());
}

class OwnGatewayWorld final : public GatewayWorld {
 public:
  [[nodiscard]] std::string name() const override { return "Tarn"; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const override {
    std::vector<sandbox::Host> hosts;
    for (int number = 1; number <= host_count; ++number) hosts.push_back(cloud_->sandbox().host(number));
    return hosts;
  }
  // Each host translates, and has a wire of its own.
  [[nodiscard]] bool leaves_by_gateway() const override { return false; }

  Status build(const Settings& settings) {
    Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings, {.hosts = host_count});
    if (!cloud) return std::unexpected(cloud.error());
    cloud_ = std::move(*cloud);
    if (Status done = outside_.raise(layout()); !done) return done;
    if (Status done = make_external(); !done) return done;
    for (int tries = 0; tries < routers_max; ++tries) {
      if (Status done = make_router(); !done) return done;
      const Result<bool> active = is_active();
      if (!active) return std::unexpected(active.error());
      if (*active) return join();
      if (auto gone = cloud_->ask_api("DELETE", "routers/" + router_); !gone) return std::unexpected(gone.error());
    }
    return fail(ErrorCode::unavailable, "no router's gateway was on host 3");
  }

  [[nodiscard]] Result<KnownAs> by_gateway() const override {
    const Result<Ip> address = gateway_address();
    if (!address) return std::unexpected(address.error());
    return KnownAs{instances_.front(), *address};
  }

  Result<KnownAs> add_floating() override {
    const Result<std::string> port = boot("named", 1);
    if (!port) return std::unexpected(port.error());
    const json::object wish{{"floating_network_id", external_}, {"port_id", *port}};
    const auto made = cloud_->ask_api("POST", "floatingips", json::object{{"floatingip", wish}});
    if (!made) return std::unexpected(made.error());
    if (Status settled = settle(); !settled) return std::unexpected(settled.error());
    const Result<Ip> address = Ip::parse(json::value_to<std::string>(made->at("floatingip").at("floating_ip_address")));
    if (!address) return std::unexpected(address.error());
    const KnownAs known{instances_.back(), *address};
    instances_.pop_back();
    if (Status left = await_leaving(known); !left) return std::unexpected(left.error());
    return known;
  }

  Status kill() override {
    cloud_->sandbox().host(gateway_host).cut_power();
    return {};
  }
  Status start() override { return cloud_->sandbox().host(gateway_host).up(); }

  Status await_active() override {
    const rt::MachineClock clock;
    const rt::Instant give_up = clock.now() + active_within;
    while (clock.now() < give_up && !stop_asked()) {
      const Result<bool> active = is_active();
      if (active && *active) return {};
      poll(nullptr, 0, poll_ms);
    }
    return fail(ErrorCode::unavailable, "host 3 did not answer for the gateway again");
  }

 private:
  [[nodiscard]] const sandbox::Layout& layout() const override { return cloud_->sandbox().layout(); }
  Status settle() const {
    for (int host = 1; host <= host_count; ++host) {
      if (auto synced = cloud_->ask_agent("await_in_sync", host); !synced) return std::unexpected(synced.error());
    }
    return {};
  }

  // For half a second the switch may do with the instance's packets what it had learnt to do with them before: they
  // leave by the router's address, and are answered there. Whom the outside has answered it knows.
  Status await_leaving(const KnownAs& known) {
    const rt::MachineClock clock;
    const rt::Instant give_up = clock.now() + active_within;
    while (clock.now() < give_up && !stop_asked()) {
      if (Status heard = await_answer(known.end, outside().ends().front().address); !heard) return heard;
      if (outside().answers_for(known.outside)) return {};
      poll(nullptr, 0, poll_ms);
    }
    return fail(ErrorCode::unavailable, "nothing left by " + known.outside.text());
  }

  Status make_external() {
    const json::object network{{"name", "outside"},
                               {"router:external", true},
                               {"provider:network_type", "flat"},
                               {"provider:physical_network", sandbox::physical_network}};
    const auto id = id_of(cloud_->ask_api("POST", "networks", json::object{{"network", network}}), "network");
    if (!id) return std::unexpected(id.error());
    external_ = *id;
    const json::object subnet{
        {"network_id", external_},
        {"ip_version", 4},
        {"cidr", outside_.upstream().address + "/" + std::to_string(outside_.upstream().prefix_length)},
        {"gateway_ip", outside_.upstream().address},
        {"enable_dhcp", false}};
    if (auto made = cloud_->ask_api("POST", "subnets", json::object{{"subnet", subnet}}); !made)
      return std::unexpected(made.error());
    return {};
  }

  Status make_router() {
    const json::object given{{"external_gateway_info", json::object{{"network_id", external_}}}};
    const auto id = id_of(cloud_->ask_api("POST", "routers", json::object{{"router", given}}), "router");
    if (!id) return std::unexpected(id.error());
    router_ = *id;
    return settle();
  }

  [[nodiscard]] Result<Ip> gateway_address() const {
    const auto told = cloud_->ask_api("GET", "routers/" + router_);
    if (!told) return std::unexpected(told.error());
    const json::value& ways_out = told->at("router").at("external_gateway_info").at("external_fixed_ips");
    return Ip::parse(json::value_to<std::string>(ways_out.at(0).at("ip_address")));
  }

  // By what the switch answers: a flow for questions for the gateway's address, which is the router's only one.
  [[nodiscard]] Result<bool> is_active() const {
    const Result<Ip> address = gateway_address();
    if (!address) return std::unexpected(address.error());
    const std::string question = "arp_tpa=" + address->text();
    const auto flows =
        sandbox::must_run(cloud_->sandbox().host(gateway_host).ofctl({"dump-flows", "br-int", "arp," + question}));
    if (!flows) return std::unexpected(flows.error());
    return flows->find(question) != std::string::npos;
  }

  Status join() {
    const auto subnets = cloud_->ask_api("GET", "subnets?network_id=" + cloud_->network());
    if (!subnets) return std::unexpected(subnets.error());
    const json::object subnet{{"subnet_id", subnets->at("subnets").at(0).at("id")}};
    if (auto put = cloud_->ask_api("PUT", "routers/" + router_ + "/add_router_interface", subnet); !put)
      return std::unexpected(put.error());
    const auto doors = cloud_->ask_api("GET", "ports?device_id=" + router_ + "&network_id=" + cloud_->network());
    if (!doors) return std::unexpected(doors.error());
    const Result<Mac> door = Mac::parse(json::value_to<std::string>(doors->at("ports").at(0).at("mac_address")));
    if (!door) return std::unexpected(door.error());
    outside_.set_door(*door);
    for (const int host : {1, 2}) {
      const Result<std::string> port = boot("i" + std::to_string(host), host);
      if (!port) return std::unexpected(port.error());
    }
    return await_sessions();
  }

  // BFD says a word each second until both ends have heard the other (RFC 5880 section 6.8.3): a host that dies before
  // is missed later.
  Status await_sessions() const {
    for (int host = 1; host <= host_count; ++host) {
      for (int other = 1; other <= host_count; ++other) {
        if (other == host) continue;
        const std::string port = render::watch_port_name(cloud_->sandbox().host(other).name());
        const auto up = sandbox::must_run(cloud_->sandbox().host(host).vsctl(
            {"--timeout=" + sessions_within, "wait-until", "Interface", port, "bfd_status:state=up"}));
        if (!up) return std::unexpected(up.error());
      }
    }
    return {};
  }

  // Answers the id of its port.
  Result<std::string> boot(const std::string& instance, int host) {
    const Result<sandbox::Instance> booted = cloud_->sandbox().boot({instance, host, cloud_->network(), true});
    if (!booted) return std::unexpected(booted.error());
    const Result<Ip> address = Ip::parse(booted->addresses.front());
    const Result<Mac> mac = Mac::parse(booted->mac);
    if (!mac || !address) return fail(ErrorCode::corrupt, "the API gave an instance no address");
    const auto number = static_cast<std::uint32_t>(instances_.size() + 1);
    PathEnd end{cloud_->sandbox().layout().instance_namespace(instance), *mac, *address, number};
    if (Status taken = take(std::move(end)); !taken) return std::unexpected(taken.error());
    return booted->port_id;
  }

  std::unique_ptr<BenchCloud> cloud_;
  std::string external_, router_;
};

}  // namespace

Result<std::unique_ptr<GatewayWorld>> raise_own_gateways(const Settings& settings) {
  auto world = std::make_unique<OwnGatewayWorld>();
  if (Status built = world->build(settings); !built) return std::unexpected(built.error());
  return world;
}

}  // namespace tarn::bench
