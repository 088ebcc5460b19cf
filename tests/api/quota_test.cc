// Quotas: the operator's for every project, a project's own over them, and what is used.
#include <gmock/gmock.h>

#include "client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::json::object;
using test::member;
using test::Reply;

object quota(Client& client, const std::string& path) {
  return client.get("/v2.0/quotas/" + path).body.at("quota").as_object();
}

TEST(Quotas, AreTheOperatorsUntilSomebodyChangesThem) {
  Client client;
  client.cloud.operator_limits().quotas = {{"network", 2}, {"port", 7}};
  EXPECT_EQ(quota(client, "blue").at("network"), 2);
  EXPECT_EQ(quota(client, "blue").at("subnet"), -1);
  const Reply changed = client.put("/v2.0/quotas/blue", {{"quota", {{"network", 1}, {"router", 3}}}});
  EXPECT_EQ(changed.body.at("quota").at("network"), 1);
  client.put("/v2.0/quotas/blue", {{"quota", {{"port", -1}}}});
  EXPECT_EQ(quota(client, "blue").at("network"), 1) << "what is not named stays";
  EXPECT_EQ(quota(client, "blue").at("port"), -1);
  EXPECT_EQ(quota(client, "blue/default").at("network"), 2);
  EXPECT_EQ(quota(client, "red").at("network"), 2);
  EXPECT_EQ(client.get("/v2.0/quotas").body.at("quotas").as_array().size(), 1U);
  EXPECT_EQ(client.remove("/v2.0/quotas/blue").status, 204U);
  EXPECT_EQ(quota(client, "blue").at("network"), 2);
  EXPECT_EQ(client.remove("/v2.0/quotas/blue").type(), "TenantQuotaNotFound");
}

TEST(Quotas, HoldForTheProjectThatHasThem) {
  Client client;
  client.put("/v2.0/quotas/blue", {{"quota", {{"network", 1}}}});
  client.identity.who = member("blue");
  client.network();
  EXPECT_EQ(client.post("/v2.0/networks", {{"network", object()}}).type(), "OverQuota");
  const object details = quota(client, "blue/details").at("network").as_object();
  EXPECT_EQ(details, (object{{"limit", 1}, {"used", 1}, {"reserved", 0}}));
  client.identity.who = member("red");
  client.network();
  client.network();
}

TEST(Quotas, AreNotSetBelowWhatIsUsedWhereThatIsAsked) {
  Client client;
  for (int i = 0; i < 2; ++i) client.network({{"project_id", "blue"}});
  const Reply refused =
      client.put("/v2.0/quotas/blue", {{"quota", {{"subnet", 7}, {"network", 1}, {"check_limit", true}}}});
  EXPECT_EQ(refused.status, 400U);
  EXPECT_NE(refused.message().find("already used 2"), std::string::npos);
  EXPECT_EQ(quota(client, "blue").at("subnet"), -1) << "nothing is half done";
  EXPECT_EQ(client.put("/v2.0/quotas/blue", {{"quota", {{"network", 2}, {"check_limit", true}}}}).status, 200U);
  EXPECT_EQ(client.put("/v2.0/quotas/blue", {{"quota", {{"network", -1}, {"check_limit", true}}}}).status, 200U);
  EXPECT_EQ(client.put("/v2.0/quotas/blue", {{"quota", {{"network", 1}}}}).status, 200U);
}

TEST(Quotas, AreTheirProjectsToSeeAndAdministratorsToChange) {
  Client client;
  client.identity.who = member("blue");
  EXPECT_EQ(client.get("/v2.0/quotas/tenant").body.at("tenant").at("tenant_id"), "blue");
  EXPECT_EQ(client.put("/v2.0/quotas/blue", {{"quota", {{"network", 9}}}}).status, 403U);
  EXPECT_EQ(client.remove("/v2.0/quotas/blue").status, 403U);
  EXPECT_EQ(client.get("/v2.0/quotas/red").status, 403U);
}

TEST(Quotas, NamesAndNumbersAreChecked) {
  Client client;
  const auto put = [&](object quota) { return client.put("/v2.0/quotas/blue", {{"quota", std::move(quota)}}); };
  EXPECT_EQ(put({{"cores", 1}}).status, 400U);
  EXPECT_EQ(put({{"network", -2}}).status, 400U);
  EXPECT_EQ(put({{"network", 1.5}}).status, 400U);
  EXPECT_EQ(put({{"network", 2'147'483'648}}).status, 400U);
  EXPECT_EQ(client.put("/v2.0/quotas/blue", {{"network", 1}}).status, 400U);
  EXPECT_EQ(client.ask("POST", "/v2.0/quotas/blue", "{}").status, 405U);
  EXPECT_EQ(client.get("/v2.0/quotas/blue/everything").status, 404U);
  EXPECT_EQ(quota(client, "blue").at("network"), -1) << "nothing of it was kept";
}

}  // namespace
}  // namespace tarn::api
