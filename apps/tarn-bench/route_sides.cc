#include "route_sides.h"

#include <poll.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/check.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr const char* everywhere = "172.30.0.0/16";
constexpr int commands_at_once = 250;
constexpr int clients_at_once = 10;  // as many requests as Terraform has under way
constexpr int poll_ms = 20;
constexpr rt::Duration programmed_within = 300s;

// Of the network with that number, from 0: 10.16.0.0/24, 10.16.1.0/24 …
std::string address_in(int network, int last) {
  return "10." + std::to_string(16 + network / 256) + "." + std::to_string(network % 256) + "." + std::to_string(last);
}
constexpr int instance_at = 5;
constexpr int router_at = 1;

std::string destination_of(int number) {
  return "192.168." + std::to_string(number % 256) + ".0/24";
}

class OwnRoutes final : public RouteSide {
 public:
  explicit OwnRoutes(std::unique_ptr<BenchCloud> cloud) : cloud_(std::move(cloud)) {}
  [[nodiscard]] std::string name() const override { return "Tarn"; }
  [[nodiscard]] std::string switch_socket() const override { return cloud_->switch_socket(); }
  Status settle(FlowWatch& watch) override { return bench::settle(*cloud_, watch); }

  Status build() {
    json::array networks, subnets, ports;
    for (int i = 0; i < many_things; ++i) networks.push_back(json::object{{"name", "n" + std::to_string(i)}});
    const auto made = cloud_->ask_api("POST", "networks", json::object{{"networks", std::move(networks)}});
    if (!made) return std::unexpected(made.error());
    for (int i = 0; i < many_things; ++i) {
      const json::value& network = made->at("networks").at(static_cast<std::size_t>(i)).at("id");
      subnets.push_back(json::object{{"network_id", network}, {"ip_version", 4}, {"cidr", address_in(i, 0) + "/24"}});
      ports.push_back(
          json::object{{"network_id", network},
                       {"device_owner", "compute:nova"},
                       {"device_id", "bench"},
                       {"binding:host_id", sandbox::Layout::host_name(1)},
                       {"fixed_ips", json::array{json::object{{"ip_address", address_in(i, instance_at)}}}}});
    }
    const auto subnetted = cloud_->ask_api("POST", "subnets", json::object{{"subnets", std::move(subnets)}});
    if (!subnetted) return std::unexpected(subnetted.error());
    for (const json::value& subnet : subnetted->at("subnets").as_array()) subnets_.push_back(subnet.at("id"));
    const auto ported = cloud_->ask_api("POST", "ports", json::object{{"ports", std::move(ports)}});
    if (!ported) return std::unexpected(ported.error());
    if (Status done = cloud_->plug(plugs_of(ported->at("ports"))); !done) return done;
    return cloud_->await_active();
  }

  Status grow_to(int count) override {
    const std::size_t before = routers_.size();
    json::array wishes;
    for (auto i = static_cast<int>(before); i < count; ++i)
      wishes.push_back(json::object{{"name", "r" + std::to_string(i)}});
    const auto made = cloud_->ask_api("POST", "routers", json::object{{"routers", std::move(wishes)}});
    if (!made) return std::unexpected(made.error());
    for (const json::value& router : made->at("routers").as_array())
      routers_.push_back(json::value_to<std::string>(router.at("id")));
    for (std::size_t i = before; i < routers_.size(); ++i) {
      const json::object door{{"subnet_id", subnets_[i]}};
      const auto joined = cloud_->ask_api("PUT", "routers/" + routers_[i] + "/add_router_interface", door);
      if (!joined) return std::unexpected(joined.error());
    }
    return await_router(count - 1);
  }

  Status add(int number) override {
    changed_ = number;
    return change("add_extraroutes", router_of(number), destination_of(number));
  }
  Status remove() override { return change("remove_extraroutes", router_of(changed_), destination_of(changed_)); }
  Status add_everywhere() override { return change_all("add_extraroutes"); }
  Status remove_everywhere() override { return change_all("remove_extraroutes"); }

 private:
  [[nodiscard]] std::size_t router_of(int number) const { return static_cast<std::size_t>(number) % routers_.size(); }
  Status change(const std::string& verb, std::size_t router, const std::string& destination) const {
    const json::object route{{"destination", destination},
                             {"nexthop", address_in(static_cast<int>(router), instance_at)}};
    const json::object wish{{"router", json::object{{"routes", json::array{route}}}}};
    const auto done = cloud_->ask_api("PUT", "routers/" + routers_[router] + "/" + verb, wish);
    return done ? Status() : std::unexpected(done.error());
  }
  Status change_all(const std::string& verb) const {
    std::vector<Status> done(routers_.size());
    {
      rt::ThreadPool clients("bench-clients", clients_at_once, routers_.size());
      for (std::size_t router = 0; router < routers_.size(); ++router)
        CHECK(clients.run([&, router] { done[router] = change(verb, router, everywhere); }));
    }
    const auto failed = std::ranges::find_if(done, [](const Status& each) { return !each; });
    return failed == done.end() ? Status() : *failed;
  }
  // The agent is told in the order of the commits, and a router's address is answered for once its flows are in.
  Status await_router(int network) const {
    const std::string question = "arp_tpa=" + address_in(network, router_at);
    const rt::MachineClock clock;
    const rt::Instant give_up = clock.now() + programmed_within;
    while (clock.now() < give_up && !stop_asked()) {
      const auto flows =
          sandbox::must_run(cloud_->sandbox().host(1).ofctl({"dump-flows", "br-int", "arp," + question}));
      if (!flows) return std::unexpected(flows.error());
      if (flows->find(question) == std::string::npos) {
        poll(nullptr, 0, poll_ms);
        continue;
      }
      if (auto rests = cloud_->ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
      return {};
    }
    return fail(ErrorCode::unavailable, "the last router was not programmed");
  }

  std::unique_ptr<BenchCloud> cloud_;
  std::vector<json::value> subnets_;
  std::vector<std::string> routers_;
  int changed_ = 0;
};

class OvnRoutes final : public RouteSide {
 public:
  explicit OvnRoutes(std::unique_ptr<OvnPeer> peer) : peer_(std::move(peer)) {}
  [[nodiscard]] std::string name() const override { return "OVN"; }
  [[nodiscard]] std::string switch_socket() const override { return peer_->lab().management_socket(); }
  // The answer is ovn-controller's word that the switch has confirmed all.
  Status settle(FlowWatch&) override { return {}; }

  Status build() {
    std::vector<Plug> plugs;
    std::vector<std::string> names;
    const Status made = for_all(0, many_things, [&](int i) {
      const std::string number = std::to_string(i);
      const std::string mac = identity_of(static_cast<std::uint32_t>(i + 1)).mac.text();
      const std::string address = mac + " " + address_in(i, instance_at);
      plugs.push_back({"tap" + number, "p" + number, mac});
      names.push_back("p" + number);
      return std::vector<std::vector<std::string>>{{"ls-add", "n" + number},
                                                   {"lsp-add", "n" + number, "p" + number},
                                                   {"lsp-set-addresses", "p" + number, address},
                                                   {"lsp-set-port-security", "p" + number, address}};
    });
    if (!made) return made;
    if (Status done = plug_all(peer_->lab().database_socket(), plugs); !done) return done;
    return peer_->programs().await_ports(names, "up=true", peer_->programs().patience());
  }

  Status grow_to(int count) override {
    const Status made = for_all(routers_, count, [](int i) {
      const OvnRouterPort door{"n" + std::to_string(i), identity_of(static_cast<std::uint32_t>(10'000 + i)).mac.text(),
                               address_in(i, router_at) + "/24"};
      return std::vector<std::vector<std::string>>{router_words("r" + std::to_string(i), {&door, 1})};
    });
    if (!made) return made;
    routers_ = count;
    return peer_->programs().sync(peer_->programs().patience());
  }

  Status add(int number) override {
    changed_ = number;
    return nbctl({"--wait=hv", "lr-route-add", changed_router(), destination_of(number),
                  address_in(changed_ % routers_, instance_at)});
  }
  Status remove() override { return nbctl({"--wait=hv", "lr-route-del", changed_router(), destination_of(changed_)}); }
  Status add_everywhere() override {
    std::vector<std::vector<std::string>> commands;
    for (int i = 0; i < routers_; ++i)
      commands.push_back({"lr-route-add", "r" + std::to_string(i), everywhere, address_in(i, instance_at)});
    return at_once(commands);
  }
  Status remove_everywhere() override {
    std::vector<std::vector<std::string>> commands;
    for (int i = 0; i < routers_; ++i) commands.push_back({"lr-route-del", "r" + std::to_string(i), everywhere});
    return at_once(commands);
  }

 private:
  [[nodiscard]] std::string changed_router() const { return "r" + std::to_string(changed_ % routers_); }
  Status nbctl(std::vector<std::string> words) const {
    return peer_->programs().nbctl(std::move(words), peer_->programs().patience());
  }
  Status at_once(std::span<const std::vector<std::string>> commands) const {
    std::vector<std::string> words = joined_words(commands);
    words.insert(words.begin(), {"--wait=hv", "--"});
    return nbctl(std::move(words));
  }
  // The commands for each number from `first` to before `end`, many in one run of ovn-nbctl.
  template <class CommandsOf>
  Status for_all(int first, int end, CommandsOf commands_of) const {
    while (first < end) {
      std::vector<std::vector<std::string>> commands;
      for (const int stop = std::min(end, first + commands_at_once); first < stop; ++first)
        for (auto& command : commands_of(first)) commands.push_back(std::move(command));
      if (Status done = nbctl(joined_words(commands)); !done) return done;
    }
    return {};
  }

  std::unique_ptr<OvnPeer> peer_;
  int routers_ = 0;
  int changed_ = 0;
};

}  // namespace

Result<std::unique_ptr<RouteSide>> raise_own_routes(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  auto side = std::make_unique<OwnRoutes>(std::move(*cloud));
  if (Status done = side->build(); !done) return std::unexpected(done.error());
  return side;
}

Result<std::unique_ptr<RouteSide>> raise_ovn_routes() {
  Result<std::unique_ptr<OvnPeer>> peer = OvnPeer::raise(SwitchLab::Instances::none);
  if (!peer) return std::unexpected(peer.error());
  auto side = std::make_unique<OvnRoutes>(std::move(*peer));
  if (Status done = side->build(); !done) return std::unexpected(done.error());
  return side;
}

}  // namespace tarn::bench
