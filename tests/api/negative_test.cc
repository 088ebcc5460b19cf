// Bad values for every attribute of every resource in the table: each is a 4xx with a type, never a 5xx, and leaves no
// trace. A resource that the test does not know how to make fails it, so none is forgotten.
#include <gtest/gtest.h>

#include <map>

#include "api/dialect/attribute.h"
#include "client.h"

namespace tarn::api {
namespace {

using dialect::Resource;
using test::Client;
using test::Reply;
namespace json = boost::json;

// "ports", "routers/conntrack_helpers": what a test knows a resource by.
std::string name_of(const Resource& resource) {
  return (resource.parent.path.empty() ? "" : resource.parent.path + "/") + resource.collection();
}

// What stands in the cloud before the bad requests come: one of each resource.
class World {
 public:
  World() {
    ids_["networks"] = client.network({{"router:external", true}, {"shared", true}});
    ids_["subnets"] = client.subnet(id("networks"), "10.0.0.0/24");
    inside_ = client.network();
    inside_subnet_ = client.subnet(inside_, "10.1.0.0/24");
    ids_["ports"] = client.port(inside_, {{"device_owner", "compute:nova"}});
    elsewhere = client.network({{"project_id", "somebody-else"}});
    for (const auto& [name, body] : bodies()) make(name, body);
  }

  [[nodiscard]] std::string id(const std::string& name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? "00000000-0000-4000-8000-000000000000" : found->second;
  }
  [[nodiscard]] std::string collection_of(const Resource& resource) const {
    const std::string& above = resource.parent.path;
    return "/v2.0/" + (above.empty() ? "" : above + "/" + id(above) + "/") + resource.collection();
  }
  [[nodiscard]] std::string item_of(const Resource& resource) const {
    return collection_of(resource) + "/" + id(name_of(resource));
  }
  [[nodiscard]] bool knows(const Resource& resource) const { return body_of(resource) != nullptr; }
  [[nodiscard]] json::object usual_body(const Resource& resource) const {
    const auto* body = body_of(resource);
    return body ? *body : json::object();
  }

  Client client;
  dialect::Table table = dialect::table();
  std::string elsewhere;  // a network of another project

 private:
  using Bodies = std::vector<std::pair<std::string, json::object>>;

  // Bodies that are taken: attributes that a POST needs, and as few others as possible. In the order in which they are
  // made; where one stands on another, after it.
  [[nodiscard]] Bodies bodies() const {
    Bodies all{{"networks", {}},
               {"subnets", {{"network_id", id("networks")}, {"ip_version", 4}, {"cidr", "10.7.0.0/24"}}},
               {"ports", {{"network_id", inside_}}},
               {"ports/bindings", {{"host", "h"}}}};
    for (const Bodies& more : {addressing(), groups(), routing(), services()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] Bodies addressing() const {
    return {{"address-scopes", {{"ip_version", 4}}},
            {"subnetpools", {{"prefixes", {"10.8.0.0/16"}}}},
            {"address-groups", {}},
            {"rbac-policies",
             {{"object_type", "network"},
              {"object_id", inside_},
              {"target_tenant", "red"},
              {"action", "access_as_shared"}}},
            {"segments", {{"network_id", inside_}, {"network_type", "vlan"}, {"physical_network", "physnet1"}}},
            {"network_segment_ranges",
             {{"network_type", "vxlan"}, {"minimum", 70'000}, {"maximum", 70'009}, {"shared", true}}}};
  }
  [[nodiscard]] Bodies groups() const {
    return {{"security-groups", {}},
            {"security-group-rules", {{"security_group_id", id("security-groups")}, {"direction", "ingress"}}},
            {"default-security-group-rules", {{"direction", "ingress"}, {"protocol", "tcp"}}},
            {"security-groups-default-statefulness", {}},
            {"log/logs", {{"resource_type", "security_group"}}}};
  }
  [[nodiscard]] Bodies routing() const {
    return {{"routers", {}},
            {"routers/conntrack_helpers", {{"protocol", "tcp"}, {"port", 21}, {"helper", "ftp"}}},
            {"ndp_proxies", {{"router_id", id("routers")}, {"port_id", id("ports")}}},
            {"floatingips", {{"floating_network_id", id("networks")}}},
            {"floatingips/port_forwardings",
             {{"external_port", 80},
              {"internal_port", 80},
              {"internal_ip_address", "10.1.0.2"},
              {"internal_port_id", id("ports")},
              {"protocol", "tcp"}}},
            {"local_ips", {{"network_id", inside_}}},
            {"local_ips/port_associations", {{"fixed_port_id", id("ports")}}}};
  }
  [[nodiscard]] Bodies services() const {
    return {
        {"qos/policies", {}},
        {"qos/policies/bandwidth_limit_rules", {{"max_kbps", 1'000}}},
        {"qos/policies/dscp_marking_rules", {{"dscp_mark", 26}}},
        {"qos/policies/minimum_bandwidth_rules", {{"min_kbps", 10}}},
        {"qos/policies/packet_rate_limit_rules", {{"max_kpps", 10}}},
        {"qos/policies/minimum_packet_rate_rules", {{"min_kpps", 1}}},
        {"trunks", {{"port_id", id("ports")}}},
        {"taas/tap_services", {{"port_id", id("ports")}}},
        {"taas/tap_flows",
         {{"tap_service_id", id("taas/tap_services")}, {"source_port", id("ports")}, {"direction", "BOTH"}}},
        {"taas/tap_mirrors",
         {{"port_id", id("ports")}, {"directions", {{"IN", 5}}}, {"remote_ip", "192.0.2.9"}, {"mirror_type", "gre"}}},
        {"bgp-peers", {{"peer_ip", "192.0.2.1"}, {"remote_as", 65'001}, {"auth_type", "none"}}},
        {"bgp-speakers", {{"local_as", 65'000}, {"ip_version", 4}}},
        {"metering/metering-labels", {}},
        {"metering/metering-label-rules",
         {{"metering_label_id", id("metering/metering-labels")},
          {"direction", "ingress"},
          {"remote_ip_prefix", "10.0.0.0/8"}}},
        {"service_profiles", {{"driver", "neutron.services.l3_router.service_providers.ha.HaDriver"}}},
        {"flavors", {{"service_type", "L3_ROUTER_NAT"}}},
        {"flavors/service_profiles", {{"id", id("service_profiles")}}}};
  }

  // Some cannot be had so simply (an NDP proxy needs a router that reaches IPv6): they are asked for all the same.
  void make(const std::string& name, const json::object&) {
    if (ids_.contains(name)) return;
    for (const Resource& resource : table.resources) {
      if (name_of(resource) != name || !resource.create) continue;
      const Reply made = client.post(collection_of(resource), {{resource.singular, usual_body(resource)}});
      if (made.status != 201U) continue;
      const std::string word = resource.made.all ? resource.made.id : "id";
      const auto* id = made.body.at(resource.singular).as_object().if_contains(word);
      if (id && id->is_string()) ids_[name] = std::string(id->get_string());
    }
  }
  [[nodiscard]] const json::object* body_of(const Resource& resource) const {
    latest_ = bodies();
    const auto found = std::ranges::find(latest_, name_of(resource), &std::pair<std::string, json::object>::first);
    return found == latest_.end() ? nullptr : &found->second;
  }

  std::map<std::string, std::string> ids_;
  std::string inside_;
  std::string inside_subnet_;
  mutable Bodies latest_;
};

// Values that some attribute might wrongly take.
std::vector<json::value> bad_values(const World& world) {
  return {nullptr,
          "",
          true,
          -1,
          0,
          1.5,
          1e300,
          std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::uint64_t>::max(),
          "no such thing",
          json::string(70'000, 'x'),
          "\xf0\x9f\x90\x9f",
          "a\nb",
          json::array(),
          json::array{1, "a", nullptr},
          json::array{json::array{}},
          json::object(),
          json::object{{"x", json::object{{"y", 1}}}},
          json::array(5'000, json::value("10.0.0.1")),
          json::value(world.id("elsewhere")),
          json::value(world.id("subnet")),
          "00000000-0000-4000-8000-000000000000"};
}

bool is_refusal(const Reply& reply) {
  return reply.status >= 400 && reply.status < 500 && !reply.type().empty();
}

// A request with a bad value is refused and changes nothing, or is taken because the value is none that is bad here.
void try_it(World& world, const std::string& what, const std::string& method, const std::string& path,
            const json::value& body) {
  const auto before = world.client.cloud.snapshot();
  const Reply reply = world.client.ask(method, path, json::serialize(body));
  if (reply.status == 200 || reply.status == 201) return;
  ASSERT_TRUE(is_refusal(reply)) << what << " → " << reply.status << " " << reply.text;
  ASSERT_EQ(world.client.cloud.snapshot()->revision(), before->revision()) << what << " left a trace";
}

std::string told(const Resource& resource, const std::string& verb, const std::string& attribute,
                 const json::value& value) {
  return verb + " " + name_of(resource) + "." + attribute + " = " + json::serialize(value).substr(0, 60);
}

TEST(Negative, EveryAttributeOfEveryResource) {
  World world;
  std::size_t tried = 0;
  for (const Resource& resource : world.table.resources) {
    ASSERT_TRUE(!resource.create || world.knows(resource)) << "no body known for " << name_of(resource);
    for (const auto& attribute : resource.attributes) {
      for (const json::value& value : bad_values(world)) {
        if (resource.create && attribute.in_post()) {
          json::object body = world.usual_body(resource);
          body[attribute.name] = value;
          try_it(world, told(resource, "POST", attribute.name, value), "POST", world.collection_of(resource),
                 {{resource.singular, body}});
          ++tried;
        }
        if (resource.update && attribute.in_put() && resource.kind != model::Kind::agent) {
          try_it(world, told(resource, "PUT", attribute.name, value), "PUT", world.item_of(resource),
                 {{resource.singular, {{attribute.name, value}}}});
          ++tried;
        }
        ASSERT_FALSE(testing::Test::HasFatalFailure());
      }
    }
  }
  EXPECT_GT(tried, 1'000U);
}

TEST(Negative, WhatIsGivenInTheWrongVerbOrIsUnknown) {
  World world;
  for (const Resource& resource : world.table.resources) {
    for (const auto& attribute : resource.attributes) {
      const std::string what = resource.singular + "." + attribute.name;
      if (resource.create && !attribute.in_post()) {
        json::object body = world.usual_body(resource);
        body[attribute.name] = "x";
        const Reply reply = world.client.post(world.collection_of(resource), {{resource.singular, body}});
        EXPECT_EQ(reply.status, 400U) << "POST " << what;
      }
      if (resource.create && attribute.required) {
        json::object body = world.usual_body(resource);
        body.erase(attribute.name);
        EXPECT_EQ(world.client.post(world.collection_of(resource), {{resource.singular, body}}).status, 400U)
            << "POST without " << what;
      }
      if (resource.create && resource.update && !attribute.in_put()) {
        const Reply reply = world.client.put(world.item_of(resource), {{resource.singular, {{attribute.name, "x"}}}});
        EXPECT_TRUE(reply.status == 400U || reply.status == 404U) << "PUT " << what << " → " << reply.text;
      }
    }
    if (!resource.create) continue;
    json::object body = world.usual_body(resource);
    body["colour"] = "red";
    EXPECT_EQ(world.client.post(world.collection_of(resource), {{resource.singular, body}}).status, 400U);
    EXPECT_EQ(world.client.post(world.collection_of(resource), {{"thing", body}}).status, 400U);
    EXPECT_EQ(world.client.post(world.collection_of(resource), {{resource.singular, {1}}}).status, 400U);
  }
}

TEST(Negative, EveryWordOfAQuery) {
  World world;
  const std::vector<std::string> values{
      "", "x", "-1", "true", "10.0.0.0/8", "%00", "%F0%9F%90%9F", "a,b,c", std::string(4'000, 'y')};
  for (const Resource& resource : world.table.resources) {
    std::vector<std::string> words{"limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields", "colour"};
    for (const auto& attribute : resource.attributes) words.push_back(attribute.name);
    for (const auto& filter : resource.filters) words.push_back(filter.name);
    for (const std::string& word : words) {
      for (const std::string& value : values) {
        const Reply reply = world.client.get(world.collection_of(resource) + "?" + word + "=" + value);
        EXPECT_TRUE(reply.status == 200U || is_refusal(reply))
            << resource.singular << "?" << word << "=" << value.substr(0, 40) << " → " << reply.status << reply.text;
      }
    }
  }
}

}  // namespace
}  // namespace tarn::api
