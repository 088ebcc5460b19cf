#include "live/gateway_cloud.h"

#include <algorithm>
#include <boost/json.hpp>
#include <csignal>
#include <utility>

#include "live/guest.h"

namespace tarn::testing {

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

constexpr const char* tenant_cidr = "10.5.0.0/24";

std::string id_of(const json::value& made, const std::string& kind) {
  return text_at(made.at(kind), "id");
}

// Of one prefix, from which one subnet is.
std::string make_pool(const LiveCloud& cloud, const std::string& prefix) {
  const json::object pool{{"name", prefix}, {"prefixes", json::array{prefix}}};
  return id_of(cloud.ask("POST", "/v2.0/subnetpools", json::object{{"subnetpool", pool}}), "subnetpool");
}

std::string make_external(const LiveCloud& cloud, const std::string& subnetpool) {
  const json::object network{{"name", "public"},
                             {"router:external", true},
                             {"provider:network_type", "flat"},
                             {"provider:physical_network", sandbox::physical_network}};
  const std::string id = id_of(cloud.ask("POST", "/v2.0/networks", json::object{{"network", network}}), "network");
  const json::object pool{{"start", "203.0.113.10"}, {"end", "203.0.113.200"}};
  const json::object subnet{{"network_id", id},           {"ip_version", 4},
                            {"cidr", "203.0.113.0/24"},   {"gateway_ip", "203.0.113.1"},
                            {"enable_dhcp", false},       {"allocation_pools", json::array{pool}},
                            {"subnetpool_id", subnetpool}};
  cloud.ask("POST", "/v2.0/subnets", json::object{{"subnet", subnet}});
  return id;
}

}  // namespace

void Gateway::SetUpTestSuite() {
  cloud = new LiveCloud(3);
  outside = new Outside(*cloud);
  witness = new Nic(outside->witness(*Prefix::parse(tenant_cidr)));
  ASSERT_TRUE(hosts_meet(*cloud));
  outer_pool = make_pool(*cloud, "203.0.113.0/24");
  external = make_external(*cloud, outer_pool);
  tenant = make_network("tenant", tenant_cidr);
  router = make_router("main", tenant);
  open_group = make_group("open", true);
  closed_group = make_group("closed", false);
  for (const auto& [name, host] : {std::pair("plain1", 1), std::pair("plain2", 2), std::pair("named1", 1),
                                   std::pair("beside1", 1), std::pair("named2", 2)})
    boot_behind(name, tenant, host, "10.5.0.1");
  for (const std::string name : {"named1", "beside1", "named2"}) floating[name] = make_floating(name);
  ASSERT_TRUE(cloud->await_all_active(60s));
  settle();
}

void Gateway::TearDownTestSuite() {
  delete witness;
  witness = nullptr;
  witnessed = 0;
  delete outside;
  outside = nullptr;
  delete cloud;
  cloud = nullptr;
  instances.clear();
  floating.clear();
}

void Gateway::TearDown() {
  outside->forget_routes();
  EXPECT_EQ(newly_witnessed(), 0U) << "sources of " << tenant_cidr << " outside, the last in " << witness->last();
}

std::size_t Gateway::newly_witnessed() {
  const std::size_t before = std::exchange(witnessed, witness->count_all());
  return witnessed - before;
}

std::string Gateway::make_network(const std::string& name, const std::string& cidr) {
  return cloud->make_network(name, cidr);
}

std::string Gateway::make_router(const std::string& name, const std::string& network, bool enable_snat) {
  json::object way_out{{"network_id", external}};
  if (!enable_snat) way_out["enable_snat"] = false;
  const json::object given{{"name", name}, {"external_gateway_info", way_out}};
  const std::string id = id_of(cloud->ask("POST", "/v2.0/routers", json::object{{"router", given}}), "router");
  const json::value listed = cloud->ask("GET", "/v2.0/subnets?network_id=" + network);
  for (const json::value& subnet : listed.at("subnets").as_array())
    cloud->ask("PUT", "/v2.0/routers/" + id + "/add_router_interface", json::object{{"subnet_id", subnet.at("id")}});
  return id;
}

// Every group lets everything out.
std::string Gateway::make_group(const std::string& name, bool lets_in) {
  const json::object given{{"name", name}};
  const std::string id =
      id_of(cloud->ask("POST", "/v2.0/security-groups", json::object{{"security_group", given}}), "security_group");
  if (!lets_in) return id;
  for (const char* family : {"IPv4", "IPv6"}) {
    const json::object rule{{"security_group_id", id}, {"direction", "ingress"}, {"ethertype", family}};
    cloud->ask("POST", "/v2.0/security-group-rules", json::object{{"security_group_rule", rule}});
  }
  return id;
}

void Gateway::boot_behind(const std::string& name, const std::string& network, int host, const std::string& gateway) {
  instances[name] = boot(*cloud, name, network, host);
  set_group(name, open_group);
  ASSERT_EQ(inside(name, {"ip", "route", "add", "default", "via", gateway}).exit_code, 0);
}

Floating Gateway::make_floating(const std::string& name) {
  const json::object given{{"floating_network_id", external}, {"port_id", instances.at(name).port_id}};
  const json::value made = cloud->ask("POST", "/v2.0/floatingips", json::object{{"floatingip", given}});
  const std::string id = id_of(made, "floatingip");
  return {id, *Ip::parse(text_at(made.at("floatingip"), "floating_ip_address")), port_mac("network:floatingip", id)};
}

void Gateway::move_floating(const Floating& moved, const std::string& name) {
  const json::object given{{"port_id", name.empty() ? json::value() : json::value(instances.at(name).port_id)}};
  cloud->ask("PUT", "/v2.0/floatingips/" + moved.id, json::object{{"floatingip", given}});
}

void Gateway::set_group(const std::string& name, const std::string& group) {
  const json::object given{{"security_groups", json::array{group}}};
  cloud->ask("PUT", "/v2.0/ports/" + instances.at(name).port_id, json::object{{"port", given}});
}

void Gateway::set_router(const std::string& of_router, const json::object& given) {
  cloud->ask("PUT", "/v2.0/routers/" + of_router, json::object{{"router", given}});
}

void Gateway::set_distributed(const std::string& of_router, bool distributed) {
  for (const json::object& given :
       {json::object{{"admin_state_up", false}}, {{"distributed", distributed}}, {{"admin_state_up", true}}})
    set_router(of_router, given);
  settle();
}

void Gateway::settle() {
  for (int host = 1; host <= cloud->sandbox().state().hosts; ++host) ASSERT_TRUE(in_sync(*cloud, host)) << host;
}

Ip Gateway::external_address(const std::string& of_router, Family family) {
  const json::value told = cloud->ask("GET", "/v2.0/routers/" + of_router);
  std::vector<Ip> addresses;
  for (const json::value& each : told.at("router").at("external_gateway_info").at("external_fixed_ips").as_array())
    addresses.push_back(*Ip::parse(text_at(each, "ip_address")));
  return *std::ranges::find(addresses, family, &Ip::family);
}

Mac Gateway::port_mac(const std::string& owner, const std::string& device) {
  const json::value ports = cloud->ask("GET", "/v2.0/ports?device_owner=" + owner + "&device_id=" + device);
  return *Mac::parse(text_at(ports.at("ports").at(0), "mac_address"));
}

std::string Gateway::netns(const std::string& name) {
  return cloud->sandbox().layout().instance_namespace(name);
}

Ip Gateway::fixed(const std::string& name, Family family) {
  std::vector<Ip> addresses;
  for (const std::string& each : instances.at(name).addresses) addresses.push_back(*Ip::parse(each));
  return *std::ranges::find(addresses, family, &Ip::family);
}

Ip Gateway::seen_as(const std::string& name) {
  const auto found = floating.find(name);
  return found == floating.end() ? external_address(router) : found->second.address;
}

sandbox::Finished Gateway::inside(const std::string& name, std::vector<std::string> argv) {
  return run_inside(*cloud, name, std::move(argv));
}

void Gateway::add_ipv6_outside() {
  outer_pool6 = make_pool(*cloud, "2001:db8:9::/64");
  const json::object subnet{{"network_id", external},    {"subnetpool_id", outer_pool6},  {"ip_version", 6},
                            {"cidr", "2001:db8:9::/64"}, {"gateway_ip", "2001:db8:9::1"}, {"enable_dhcp", false}};
  cloud->ask("POST", "/v2.0/subnets", json::object{{"subnet", subnet}});
  outside->add_ipv6("2001:db8:9::1/64", internet6());
}

std::string Gateway::make_pooled_network(const std::string& name, const std::string& cidr, const std::string& cidr6) {
  const json::object network{{"name", name}};
  const std::string id = id_of(cloud->ask("POST", "/v2.0/networks", json::object{{"network", network}}), "network");
  for (const std::string& each : {cidr, cidr6}) {
    json::object subnet{{"network_id", id},
                        {"ip_version", each == cidr ? 4 : 6},
                        {"cidr", each},
                        {"subnetpool_id", make_pool(*cloud, each)}};
    if (each == cidr6)
      for (const char* mode : {"ipv6_ra_mode", "ipv6_address_mode"}) subnet[mode] = "slaac";
    cloud->ask("POST", "/v2.0/subnets", json::object{{"subnet", subnet}});
  }
  return id;
}

std::string Gateway::make_scope(int ip_version) {
  const json::object scope{{"name", "scope"}, {"ip_version", ip_version}};
  return id_of(cloud->ask("POST", "/v2.0/address-scopes", json::object{{"address_scope", scope}}), "address_scope");
}

void Gateway::set_scope(const std::string& pool, const std::string& scope) {
  const json::object given{{"address_scope_id", scope.empty() ? json::value() : json::value(scope)}};
  cloud->ask("PUT", "/v2.0/subnetpools/" + pool, json::object{{"subnetpool", given}});
}

std::string Gateway::pool_of(const std::string& network, int ip_version) {
  const json::value listed =
      cloud->ask("GET", "/v2.0/subnets?network_id=" + network + "&ip_version=" + std::to_string(ip_version));
  return text_at(listed.at("subnets").at(0), "subnetpool_id");
}

void Gateway::add_ipv6(const std::string& network, const std::string& cidr) {
  const json::object subnet{{"network_id", network},
                            {"ip_version", 6},
                            {"cidr", cidr},
                            {"ipv6_ra_mode", "slaac"},
                            {"ipv6_address_mode", "slaac"}};
  cloud->ask("POST", "/v2.0/subnets", json::object{{"subnet", subnet}});
}

void Gateway::lead_ipv6(const std::string& cidr, const std::string& to_router) {
  outside->add_route(cidr, external_address(to_router, Family::v6));
}

bool Gateway::learns_ipv6_route(const std::string& name) {
  return await(
      [&] { return inside(name, {"ip", "-6", "route", "show", "default"}).output.starts_with("default via"); });
}

void Gateway::away_while_asked_again() {
  for (const int host : {1, 2, 3}) cloud->host(host).stop(sandbox::agent_name, SIGKILL);
  cloud->sandbox().stop_server(SIGKILL);
  ASSERT_EQ(outside->run({"ip", "neigh", "flush", "dev", outside->interface()}).exit_code, 0);
  let_pass(std::chrono::seconds(1));
  for (const int host : {1, 2, 3}) ASSERT_TRUE(cloud->host(host).start_agent().has_value());
  ASSERT_TRUE(cloud->sandbox().start_server().has_value());
  settle();
}

Ip Gateway::internet6() {
  return *Ip::parse("2001:db8:f::7");
}

TrafficPair Gateway::by_ipv6(const std::string& name) {
  return {name + " and the outside by IPv6", netns(name), outside->netns(), fixed(name, Family::v6), internet6()};
}

void Gateway::nothing_is_lost(const std::function<void()>& happens) {
  std::vector<TrafficPair> pairs;
  for (const std::string name : {"plain1", "plain2", "named1", "named2"}) {
    ASSERT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    pairs.push_back({name + " and the outside", netns(name), outside->netns(), fixed(name), outside->internet()});
    const auto found = floating.find(name);
    pairs.back().answered = found == floating.end();
    if (found != floating.end()) pairs.back().from_called = found->second.address;
  }
  testing::nothing_is_lost(*cloud, pairs, happens);
}

}  // namespace tarn::testing
