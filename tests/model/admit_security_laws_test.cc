// What holds of security groups after any requests whatever: nothing names what is gone, no group says a thing twice.
#include <set>

#include "admission.h"
#include "model/admit/permission.h"
#include "model/first_use.h"
#include "random_cloud.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::Desk;
using test::Given;
using test::RandomCloud;
using test::reason;

template <class R>
bool is_there(const Snapshot& cloud, const Uuid& id) {
  return cloud.find<R>(id) != nullptr;
}

void expect_sound_rule(const Snapshot& cloud, const SecurityGroupRule& rule) {
  EXPECT_TRUE(is_there<SecurityGroup>(cloud, rule.group.uuid)) << "a rule of no group";
  const Permission& what = rule.permission;
  EXPECT_TRUE(!what.remote_group || is_there<SecurityGroup>(cloud, what.remote_group->uuid));
  EXPECT_TRUE(!what.remote_address_group || is_there<AddressGroup>(cloud, what.remote_address_group->uuid));
  for (const Uuid& id : cloud.referrers(rule.group.uuid, Kind::security_group_rule)) {
    const SecurityGroupRule& other = **cloud.find<SecurityGroupRule>(id);
    const bool same = other.group == rule.group && admission::is_same(other.permission, what);
    EXPECT_TRUE(other.id == rule.id || !same) << "two rules of a group say the same";
  }
}

template <class Group>
void expect_numbers_once(const Snapshot& cloud, std::set<std::uint32_t>& numbers) {
  for (const auto& [id, group] : cloud.table<Group>()) {
    EXPECT_NE(group->number, 0U);
    EXPECT_TRUE(numbers.insert(group->number).second) << "two groups with one number";
  }
}

void expect_sound(const Snapshot& cloud) {
  std::set<std::uint32_t> numbers;
  expect_numbers_once<SecurityGroup>(cloud, numbers);
  expect_numbers_once<AddressGroup>(cloud, numbers);
  for (const auto& [id, rule] : cloud.table<SecurityGroupRule>()) expect_sound_rule(cloud, *rule);
  for (const auto& [id, group] : cloud.table<SecurityGroup>()) {
    const std::string& project = group->standard.project_id;
    EXPECT_EQ(group->is_default, id == default_group_id(project).uuid);
    EXPECT_EQ(group->is_default, group->standard.name == "default");
  }
  for (const auto& [id, port] : cloud.ports()) {
    std::set<bool> stateful;
    for (const SecurityGroupId& group : port->security_groups) {
      ASSERT_TRUE(is_there<SecurityGroup>(cloud, group.uuid)) << "a port in no group";
      stateful.insert((**cloud.find<SecurityGroup>(group.uuid)).stateful);
    }
    EXPECT_LE(stateful.size(), 1U) << "stateful and stateless together";
    EXPECT_TRUE(port->port_security_enabled || port->security_groups.empty());
  }
}

// Whatever was asked of a group that is there before and after.
template <class Group>
void expect_numbers_kept(const Snapshot& before, const Snapshot& after) {
  for (const auto& [id, group] : before.table<Group>()) {
    const auto* now = after.find<Group>(id);
    EXPECT_TRUE(now == nullptr || (*now)->number == group->number);
  }
}

// Requests drawn from few ids, so that most of what can go wrong does.
class RandomRequests {
 public:
  explicit RandomRequests(unsigned seed) : chance_(seed) {}

  Batch batch() {
    Batch batch;
    for (unsigned i = 1 + below(2); i > 0; --i) batch.requests.push_back(request());
    batch.caller = below(2) == 0 ? test::admin() : test::tenant(below(2) == 0 ? "blue" : "red");
    batch.now_ms = 1000;
    batch.chance = below(1000);
    return batch;
  }

 private:
  unsigned below(unsigned bound) { return chance_.below(bound); }
  bool once_in(unsigned n) { return below(n) == 0; }
  std::string id(Kind kind) {
    if (kind == Kind::security_group && once_in(3)) return default_group_id(once_in(2) ? "blue" : "red").text();
    return RandomCloud::id(kind, below(4)).text();
  }

  Request request() {
    static constexpr Kind kinds[] = {
        Kind::security_group, Kind::security_group, Kind::security_group_rule, Kind::security_group_rule, Kind::port,
        Kind::address_group,  Kind::network};
    Request request;
    request.kind = kinds[below(std::size(kinds))];
    request.verb = static_cast<Verb>(below(10) < 6 ? 0 : below(10) < 8 ? 1 : 2);
    const bool creates = request.verb == Verb::create;  // with an id that the server draws
    request.id = creates ? RandomCloud::id(request.kind, below(4)) : Uuid::parse(id(request.kind)).value();
    if (request.kind == Kind::security_group) request.given = group();
    if (request.kind == Kind::security_group_rule && creates) request.given = rule();
    if (request.kind == Kind::port) request.given = port(creates);
    if (request.verb == Verb::remove) request.given.clear();
    return request;
  }
  Given group() {
    Given given;
    if (once_in(2)) given["name"] = once_in(4) ? "Default" : "web";
    if (once_in(3)) given["stateful"] = once_in(2);
    return given;
  }
  Given rule() {
    static constexpr const char* protocols[] = {"", "tcp", "6", "icmp", "58", "icmpv6"};
    static constexpr const char* prefixes[] = {"0.0.0.0/0", "10.0.0.0/8", "::/0"};
    Given given{{"group", id(Kind::security_group)}, {"direction", once_in(2) ? "ingress" : "egress"}};
    if (once_in(2)) given["ip_version"] = once_in(2) ? 4 : 6;
    given["protocol"] = protocols[below(std::size(protocols))];
    if (once_in(3)) given["first"] = below(3);
    if (once_in(3)) given["last"] = below(3);
    if (once_in(3)) given["remote_prefix"] = prefixes[below(std::size(prefixes))];
    if (once_in(3)) given["remote_group"] = id(Kind::security_group);
    if (once_in(4)) given["remote_address_group"] = id(Kind::address_group);
    return given;
  }
  Given port(bool creates) {
    Given given;
    if (creates) given["network"] = id(Kind::network);
    if (once_in(4)) given["port_security_enabled"] = once_in(2);
    if (once_in(4)) given["device_owner"] = once_in(2) ? "network:dhcp" : "compute:nova";
    if (once_in(2)) {
      array groups;
      for (unsigned i = below(3); i > 0; --i) groups.push_back(boost::json::string(id(Kind::security_group)));
      given["security_groups"] = std::move(groups);
    }
    return given;
  }

  RandomCloud chance_;
};

TEST(SecurityLaws, RandomBatchesLeaveNothingThatNamesWhatIsGone) {
  std::map<std::string, int> reasons;
  for (unsigned seed = 0; seed < 40; ++seed) {
    RandomRequests requests(seed);
    Desk desk;
    for (int step = 0; step < 300; ++step) {
      const Result<Change> change = admit(desk.cloud, requests.batch(), desk.limits);
      ++reasons[reason(change)];
      if (!change) continue;
      const Snapshot before = desk.cloud;
      desk.commit(*change);
      expect_sound(desk.cloud);
      expect_numbers_kept<SecurityGroup>(before, desk.cloud);
      expect_numbers_kept<AddressGroup>(before, desk.cloud);
      ASSERT_FALSE(HasFailure()) << "seed " << seed << " step " << step;
    }
  }
  EXPECT_GT(reasons["admitted"], 500);
  for (const char* reached :
       {"SecurityGroupInUse", "SecurityGroupRuleExists", "SecurityGroupNotFound", "SecurityGroupConflict",
        "AddressGroupInUse", "SecurityGroupCannotRemoveDefault", "SecurityGroupCannotUpdateDefault",
        "SecurityGroupMultipleRemoteEntites", "PortSecurityPortHasSecurityGroup"}) {
    EXPECT_GT(reasons[reached], 0) << reached;
  }
}

}  // namespace
}  // namespace tarn::model
