// A network that is lent and taken back while its borrowers use it.
#include "live_concurrency/crowded_cloud.h"

namespace tarn::server {
namespace {

class Sharing : public CrowdedCloud {
 protected:
  static bool is_one_of(const Told& told, std::initializer_list<std::string_view> errors) {
    return told.done() || std::ranges::find(errors, told.error()) != errors.end();
  }

  static Told lend(const Client& owner, const std::string& network, const std::string& borrower) {
    return owner.make("rbac_policy", {{"object_type", "network"},
                                      {"object_id", network},
                                      {"action", "access_as_shared"},
                                      {"target_tenant", borrower}});
  }

  // The owner lends to one of the borrowers and takes back; what is in use stays lent.
  static void lend_and_take_back(const Client& owner, const std::string& network, Chance& chance) {
    const Told lent = lend(owner, network, "b" + std::to_string(chance() % 4));
    EXPECT_TRUE(is_one_of(lent, {"DuplicateRbacPolicy"})) << lent.error();
    for (const json::object& policy : owner.list("rbac-policies")) {
      const Told back = owner.ask("DELETE", "rbac-policies/" + json::value_to<std::string>(policy.at("id")));
      EXPECT_TRUE(is_one_of(back, {"RbacPolicyNotFound", "RbacPolicyInUse"})) << back.error();
    }
  }

  static void use(const Client& borrower, const std::string& network) {
    const Told seen = borrower.ask("GET", "networks/" + network);
    EXPECT_TRUE(is_one_of(seen, {"NetworkNotFound"})) << seen.error();
    EXPECT_LE(borrower.list("networks").size(), 1U);
    const Told port = borrower.make("port", {{"network_id", network}});
    EXPECT_TRUE(is_one_of(port, {"NetworkNotFound"})) << port.error();
    if (!port.done()) return;
    const Told gone = borrower.ask("DELETE", "ports/" + port.id());
    EXPECT_TRUE(gone.done()) << gone.error();
  }
};

TEST_F(Sharing, NeverLeavesAPortToWhomTheNetworkIsNotLent) {
  const Client owner = of("owner");
  const Net lent = net(owner, "10.0.0.0/16");
  at_once([&](std::size_t n, Chance& chance) {
    for (int turn = 0; turn < 6; ++turn)
      n % 8 == 0 ? lend_and_take_back(owner, lent.network, chance) : use(of("b" + std::to_string(n % 4)), lent.network);
    return true;
  });
  for (const json::object& policy : owner.list("rbac-policies"))
    EXPECT_TRUE(owner.ask("DELETE", "rbac-policies/" + json::value_to<std::string>(policy.at("id"))).done());
  for (const std::string borrower : {"b0", "b1", "b2", "b3"}) {
    EXPECT_TRUE(of(borrower).list("networks").empty());
    EXPECT_TRUE(of(borrower).list("ports").empty());
    EXPECT_EQ(of(borrower).ask("GET", "networks/" + lent.network).status, 404U);
  }
}

// Half of the borrowers keep what they made: then the network cannot be taken back from them.
TEST_F(Sharing, EndsOnlyWhenNobodyUsesIt) {
  const Client owner = of("owner");
  const Net network = net(owner, "10.0.0.0/16");
  const Told policy = lend(owner, network.network, "b");
  const auto told = at_once([&](std::size_t n, Chance&) {
    return n == 0 ? owner.ask("DELETE", "rbac-policies/" + policy.id())
                  : of("b").make("port", {{"network_id", network.network}});
  });
  const bool taken_back = told.front().done();
  EXPECT_EQ(taken_back, of("b").list("ports").empty());
  EXPECT_EQ(of("b").list("networks").size(), taken_back ? 0U : 1U);
}

}  // namespace
}  // namespace tarn::server
