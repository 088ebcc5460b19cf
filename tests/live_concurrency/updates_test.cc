// No change is lost, whoever else changes the same row.
#include <set>

#include "live_concurrency/crowded_cloud.h"

namespace tarn::server {
namespace {

using testing::SizeIs;

class Updates : public CrowdedCloud {};

// Each client counts up until it was let through three times; the counter tells them all.
TEST_F(Updates, ThatNameTheirRevisionCountExactly) {
  const Client client = of("p");
  const std::string path = "networks/" + client.make("network", {{"description", "0"}}).id();
  constexpr int turns = 3;
  const auto stale = at_once([&](std::size_t, Chance&) {
    std::size_t refused = 0;
    for (int done = 0; done < turns;) {
      const Told seen = client.ask("GET", path);
      const int next = std::stoi(json::value_to<std::string>(seen["description"])) + 1;
      const Told told = client.ask("PUT", path, json::object{{"network", {{"description", std::to_string(next)}}}},
                                   {{"If-Match", "revision_number=" + json::serialize(seen["revision_number"])}});
      EXPECT_TRUE(told.done() || told.status == 412) << told.status;
      told.done() ? ++done : static_cast<int>(++refused);
    }
    return refused;
  });
  const Told last = client.ask("GET", path);
  EXPECT_EQ(last["description"], json::value(std::to_string(clients * turns)));
  EXPECT_EQ(last["revision_number"], json::value(1 + clients * turns));
  EXPECT_GT(*std::ranges::max_element(stale), 0U) << "they never met";
}

TEST_F(Updates, OfTagsLoseNone) {
  const Client client = of("p");
  const std::string path = "networks/" + client.make("network", {}).id();
  const auto tag = [](std::size_t n) { return "tag" + std::to_string(n); };
  const std::size_t own = 32;  // a row has at most 50 tags
  at_once([&](std::size_t n, Chance&) {
    const Told told = client.ask("PUT", path + "/tags/" + tag(n % own));
    EXPECT_EQ(told.status, 201U) << told.error();
    return told;
  });
  EXPECT_THAT(client.ask("GET", path)["tags"].as_array(), SizeIs(own));
  at_once([&](std::size_t n, Chance&) {
    return n < own / 2 ? client.ask("DELETE", path + "/tags/" + tag(n)) : client.ask("PUT", path + "/tags/" + tag(n));
  });
  EXPECT_THAT(client.ask("GET", path)["tags"].as_array(), SizeIs(testing::Ge(own / 2)));
}

TEST_F(Updates, OfRoutesLoseNone) {
  const Client client = of("p");
  const Net inside = net(client, "10.0.0.0/24");
  const std::string path = "routers/" + client.make("router", {}).id();
  ASSERT_TRUE(client.ask("PUT", path + "/add_router_interface", json::object{{"subnet_id", inside.subnet}}).done());
  const auto routes = [](std::size_t n) {
    const std::string destination = "192.0." + std::to_string(n) + ".0/24";
    const json::array one{{{"destination", destination}, {"nexthop", "10.0.0.9"}}};
    return json::object{{"router", {{"routes", one}}}};
  };
  const std::size_t half = 15;  // a router has at most 30 routes
  const auto added = at_once(
      [&](std::size_t n, Chance&) { return client.ask("PUT", path + "/add_extraroutes", routes(n % (2 * half))); });
  EXPECT_EQ(done(added), clients);
  EXPECT_THAT(client.ask("GET", path)["routes"].as_array(), SizeIs(2 * half));
  const auto changed = at_once([&](std::size_t n, Chance&) {
    const std::size_t which = n % (2 * half);
    return client.ask("PUT", path + (which < half ? "/remove_extraroutes" : "/add_extraroutes"), routes(which));
  });
  EXPECT_EQ(done(changed), clients);
  EXPECT_THAT(client.ask("GET", path)["routes"].as_array(), SizeIs(half));
}

}  // namespace
}  // namespace tarn::server
