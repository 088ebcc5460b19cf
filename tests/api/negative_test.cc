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

// What stands in the cloud before the bad requests come, by the paths that name it.
class World {
 public:
  World() {
    ids_["network"] = client.network();
    ids_["subnet"] = client.subnet(id("network"), "10.0.0.0/24");
    ids_["port"] = client.port(id("network"), {{"device_owner", "compute:nova"}});
    ids_["elsewhere"] = client.network({{"project_id", "somebody-else"}});
    for (const auto& [singular, body] : usual_bodies()) {
      if (ids_.contains(singular)) continue;
      const Resource& resource = resource_of(singular);
      const Reply made = client.post(collection_of(resource), {{singular, body}});
      EXPECT_EQ(made.status, 201U) << singular << ": " << made.text;
      if (made.status == 201U) ids_[singular] = name_of(resource, made.body.at(singular).as_object());
    }
  }

  [[nodiscard]] std::string id(const std::string& singular) const { return ids_.at(singular); }
  [[nodiscard]] std::string collection_of(const Resource& resource) const {
    const std::string& above = resource.parent.path;
    if (above.empty()) return "/v2.0/" + resource.collection();
    return "/v2.0/" + above + "/" + id(table.by_path(above)->singular) + "/" + resource.collection();
  }
  [[nodiscard]] std::string item_of(const Resource& resource) const {
    return collection_of(resource) + "/" + id(resource.singular);
  }
  // A body that is taken: attributes that a POST needs, and as few others as possible.
  [[nodiscard]] std::map<std::string, json::object> usual_bodies() const {
    return {
        {"network", {}},
        {"subnet", {{"network_id", id("network")}, {"ip_version", 4}, {"cidr", "10.7.0.0/24"}}},
        {"port", {{"network_id", id("network")}}},
        {"address_scope", {{"ip_version", 4}}},
        {"subnetpool", {{"prefixes", {"10.8.0.0/16"}}}},
        {"address_group", {}},
        {"rbac_policy",
         {{"object_type", "network"},
          {"object_id", id("network")},
          {"target_tenant", "red"},
          {"action", "access_as_shared"}}},
        {"binding", {{"host", "h"}}},
    };
  }

  Client client;
  dialect::Table table = dialect::table();

 private:
  [[nodiscard]] const Resource& resource_of(const std::string& singular) const {
    return *std::ranges::find(table.resources, singular, &Resource::singular);
  }
  static std::string name_of(const Resource& resource, const json::object& shown) {
    const std::string word = resource.made.all ? resource.made.id : "id";
    return std::string(shown.at(word).as_string());
  }

  std::map<std::string, std::string> ids_;
};

// Values that some attribute might wrongly take. `never`: those that none may take.
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
  return verb + " " + resource.singular + "." + attribute + " = " + json::serialize(value).substr(0, 60);
}

TEST(Negative, EveryAttributeOfEveryResource) {
  World world;
  std::size_t tried = 0;
  for (const Resource& resource : world.table.resources) {
    if (resource.create)
      ASSERT_TRUE(world.usual_bodies().contains(resource.singular)) << "no body known for " << resource.singular;
    for (const auto& attribute : resource.attributes) {
      for (const json::value& value : bad_values(world)) {
        if (resource.create && attribute.in_post()) {
          json::object body = world.usual_bodies().at(resource.singular);
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
        json::object body = world.usual_bodies().at(resource.singular);
        body[attribute.name] = "x";
        const Reply reply = world.client.post(world.collection_of(resource), {{resource.singular, body}});
        EXPECT_EQ(reply.status, 400U) << "POST " << what;
      }
      if (resource.create && attribute.required) {
        json::object body = world.usual_bodies().at(resource.singular);
        body.erase(attribute.name);
        EXPECT_EQ(world.client.post(world.collection_of(resource), {{resource.singular, body}}).status, 400U)
            << "POST without " << what;
      }
      if (resource.create && resource.update && !attribute.in_put()) {
        const Reply reply = world.client.put(world.item_of(resource), {{resource.singular, {{attribute.name, "x"}}}});
        EXPECT_EQ(reply.status, 400U) << "PUT " << what;
      }
    }
    if (!resource.create) continue;
    json::object body = world.usual_bodies().at(resource.singular);
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
