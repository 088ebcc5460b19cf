// What the `openstack` command shows of routers and of who answers for them, and that it knows BGP.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "keystone_cloud.h"
#include "support/run_command.h"

namespace tarn::test {
namespace {

namespace json = boost::json;
using testing::IsEmpty;

class Command : public testing::Test {
 protected:
  CommandResult run(std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/openstack");
    return run_command(words, {{"OS_AUTH_URL", KeystoneCloud::of_all_tests().keystone_url()},
                               {"OS_USERNAME", "admin"},
                               {"OS_PASSWORD", "admin"},
                               {"OS_PROJECT_NAME", "admin"},
                               {"OS_USER_DOMAIN_NAME", "Default"},
                               {"OS_PROJECT_DOMAIN_NAME", "Default"},
                               {"OS_REGION_NAME", "RegionOne"}});
  }
  void tell(std::vector<std::string> words) {
    const CommandResult result = run(std::move(words));
    ASSERT_EQ(result.status, 0) << result.output;
  }
  json::value ask(std::vector<std::string> words) {
    words.insert(words.end(), {"-f", "json"});
    const CommandResult result = run(std::move(words));
    EXPECT_EQ(result.status, 0) << result.output;
    return result.status == 0 ? json::parse(result.output) : json::value();
  }
  std::vector<std::string> column(std::vector<std::string> words, const std::string& name) {
    std::vector<std::string> texts;
    for (const json::value& row : ask(std::move(words)).as_array()) texts.emplace_back(row.at(name).as_string());
    return texts;
  }
};

TEST_F(Command, ShowsWhoAnswersForARouter) {
  const std::vector<std::string> of_router{"network", "agent", "list", "--router", "edge"};
  tell({"router", "create", "edge"});
  tell({"router", "set", "edge", "--external-gateway", "public"});
  const json::array agents = ask({"network", "agent", "list", "--router", "edge", "--long"}).as_array();
  ASSERT_EQ(agents.size(), 1U) << "there is one host";
  EXPECT_EQ(agents[0].at("HA State"), "active");
  EXPECT_EQ(agents[0].at("Agent Type"), "Tarn agent");
  const std::string id(agents[0].at("ID").as_string());
  EXPECT_THAT(column({"router", "list", "--agent", id}, "Name"), testing::Contains("edge"));
  EXPECT_THAT(column({"network", "agent", "list", "--agent-type", "l3"}, "ID"), testing::ElementsAre(id));
  EXPECT_THAT(column({"network", "agent", "list", "--agent-type", "metering"}, "ID"), IsEmpty());
  EXPECT_THAT(column({"port", "list", "--router", "edge"}, "Status"), testing::ElementsAre("ACTIVE"));

  tell({"network", "agent", "remove", "router", "--l3", id, "edge"});
  EXPECT_THAT(column(of_router, "ID"), IsEmpty());
  EXPECT_THAT(column({"port", "list", "--router", "edge"}, "Status"), testing::ElementsAre("DOWN"));
  tell({"network", "agent", "add", "router", "--l3", id, "edge"});
  EXPECT_THAT(column(of_router, "ID"), testing::ElementsAre(id));

  tell({"network", "agent", "set", id, "--disable"});
  EXPECT_THAT(column(of_router, "ID"), IsEmpty());
  EXPECT_THAT(column({"port", "list", "--router", "edge"}, "Status"), testing::ElementsAre("DOWN"));
  tell({"network", "agent", "set", id, "--enable"});
  EXPECT_THAT(column(of_router, "ID"), testing::ElementsAre(id));
  tell({"router", "delete", "edge"});
}

TEST_F(Command, SpeaksOfBgp) {
  tell({"bgp", "speaker", "create", "--local-as", "65000", "--ip-version", "4", "edge"});
  tell({"bgp", "peer", "create", "--peer-ip", "192.0.2.1", "--remote-as", "4200000000", "--auth-type", "md5",
        "--password", "sesame", "upstream"});
  tell({"bgp", "speaker", "add", "network", "edge", "public"});
  tell({"bgp", "speaker", "add", "peer", "edge", "upstream"});
  const json::value shown = ask({"bgp", "speaker", "show", "edge"});
  EXPECT_EQ(shown.at("peers").as_array().size(), 1U);
  EXPECT_EQ(shown.at("networks").as_array().size(), 1U);
  EXPECT_TRUE(ask({"bgp", "speaker", "list", "advertised", "routes", "edge"}).as_array().empty());
}

}  // namespace
}  // namespace tarn::test
