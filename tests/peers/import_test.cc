// A real Neutron, with whatever a story made in it, carried over to an empty Tarn.
#include "migrate/import.h"

#include <gmock/gmock.h>

#include "comparison.h"
#include "story.h"

namespace tarn::test {
namespace {

using testing::IsEmpty;

constexpr int steps = 250;

class ImportOfNeutron : public testing::Test {
 protected:
  ImportOfNeutron() {
    neutron.name("project-a", clouds.project_of(Persona::alice));
    neutron.name("project-b", clouds.project_of(Persona::bob));
    neutron.name("external",
                 make({Persona::root, "POST", "/v2.0/networks", json::parse(R"({"network": {"name": "way-out",
        "router:external": true, "provider:network_type": "vlan", "provider:physical_network": "physnet1"}})")}));
    neutron.name("external-subnet",
                 make({Persona::root, "POST", "/v2.0/subnets", json::parse(R"({"subnet": {"network_id": "${external}",
        "ip_version": 4, "cidr": "198.51.100.0/24"}})")}));
    for (int i = 0; i < steps; ++i) {
      const Request request = story.next();
      const Told told = neutron.ask(request);
      if (request.method == "POST" && told.status == 201) neutron.name(story.made(), told.id());
      if (request.method == "DELETE" && told.status == 204 && !request.target.contains("/tags")) story.gone();
    }
  }
  std::string make(const Request& request) { return neutron.ask(request).id(); }

  migrate::Imported run() {
    const api::HttpClient from = clouds.neutron(Persona::root);
    const api::HttpClient to = clouds.client_at(server->port(), Persona::root);
    return migrate::import_neutron(
               [&](const std::string& target) { return from.ask_api("GET", target); },
               [&](const json::value& body) { return to.ask_api("POST", "/v2.0/adopted-rows", body); })
        .value();
  }

  Clouds& clouds = Clouds::of_all_tests();
  std::unique_ptr<server::ServerProcess> server = clouds.empty_tarn("import");
  Side neutron{[this](Persona who) { return clouds.neutron(who); }};
  Side tarn{[this](Persona who) { return clouds.client_at(server->port(), who); }};
  Story story{7};
};

TEST_F(ImportOfNeutron, BringsEverythingAndTheSecondTimeNothing) {
  const migrate::Imported first = run();
  EXPECT_THAT(first.left, testing::Each(testing::HasSubstr("resource_request: is not served here")));
  EXPECT_THAT(first.strange, IsEmpty());
  EXPECT_GT(first.changed, 100U);
  for (const Kind& kind : kinds()) {
    if (!kind.parent.empty() || kind.weight == 0) continue;
    // Neutron lists the ranges of its configuration, too.
    const std::string own = kind.name == "network_segment_range" ? "?default=False" : "";
    const Request request{Persona::root, "GET", kind.path + own, nullptr};
    Told here = tarn.ask(request);
    Told there = neutron.ask(request);
    here.body = in_order(here.raw);
    there.body = in_order(there.raw);
    const std::string what = difference(here, there);
    EXPECT_THAT(what, IsEmpty()) << kind.collection << "\n"
                                 << json::serialize(here.raw).substr(0, 3000) << "\n"
                                 << json::serialize(there.raw).substr(0, 3000);
  }
  EXPECT_EQ(run().changed, 0U);
}

}  // namespace
}  // namespace tarn::test
