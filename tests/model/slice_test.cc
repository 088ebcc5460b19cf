// What a node is told: exactly its networks, always the same whether computed at once or step by step.
#include "model/slice.h"

#include <gtest/gtest.h>

#include <ranges>

#include "random_cloud.h"

namespace tarn::model {
namespace {

using test::RandomCloud;

std::string host(unsigned number) {
  return "host-" + std::to_string(number);
}

// The names of what differs.
std::set<SliceName> differing(const Slice& left, const Slice& right) {
  std::set<SliceName> names;
  const SlicePatch patch = difference(left, right);
  for (const auto& [name, item] : patch.put) names.insert(name);
  names.insert(patch.removed.begin(), patch.removed.end());
  return names;
}

std::map<SliceName, std::pair<Revision, SliceRow>> flat(const Slice& slice) {
  std::map<SliceName, std::pair<Revision, SliceRow>> out;
  for (const auto& [name, item] : slice) out.emplace(name, std::pair(item.version, *item.row));
  return out;
}

// Runs `visit(before, after)` over random histories of the cloud: many that begin, and some that go on until every row
// there may be has been there.
template <class Visit>
void each_step(unsigned seeds, Visit&& visit) {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    RandomCloud chance(seed);
    Snapshot cloud;
    const Revision last = seed % 20 == 0 ? 500 : 25;
    for (Revision revision = 1; revision <= last; ++revision) {
      const Snapshot next = cloud.with(chance.change(cloud), revision);
      visit(cloud, next);
      ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << " revision " << revision;
      cloud = next;
    }
  }
}

TEST(Slice, StepByStepEqualsFromScratch) {
  each_step(300, [](const Snapshot& before, const Snapshot& after) {
    for (unsigned h = 1; h < RandomCloud::hosts; ++h) {
      const Slice step = advance(slice(before, host(h)), before, after, host(h));
      EXPECT_EQ(differing(step, slice(after, host(h))), std::set<SliceName>());
    }
  });
}

TEST(Slice, ManyRevisionsAtOnceEqualFromScratch) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    RandomCloud chance(seed);
    Snapshot cloud;
    std::vector<Snapshot> history{cloud};
    for (Revision revision = 1; revision <= 25; ++revision) {
      cloud = cloud.with(chance.change(cloud), revision);
      history.push_back(cloud);
    }
    const Snapshot& past = history[chance.below(25)];
    for (unsigned h = 1; h < RandomCloud::hosts; ++h) {
      EXPECT_EQ(flat(advance(slice(past, host(h)), past, cloud, host(h))), flat(slice(cloud, host(h)))) << seed;
    }
  }
}

TEST(Slice, EveryNodeWhoseSliceDiffersIsConcerned) {
  each_step(300, [](const Snapshot& before, const Snapshot& after) {
    const std::set<std::string> told = concerned(before, after);
    for (unsigned h = 1; h < RandomCloud::hosts; ++h) {
      if (!difference(slice(before, host(h)), slice(after, host(h))).empty()) {
        EXPECT_TRUE(told.contains(host(h))) << host(h);
      }
    }
  });
}

TEST(Slice, ADifferenceAppliedGivesTheOtherSlice) {
  each_step(100, [](const Snapshot& before, const Snapshot& after) {
    const Slice from = slice(before, host(1));
    const Slice to = slice(after, host(1));
    const SlicePatch patch = difference(from, to);
    EXPECT_EQ(flat(apply(from, patch)), flat(to));
    EXPECT_EQ(flat(apply(to, patch)), flat(to));
    EXPECT_TRUE(difference(to, apply(from, patch)).empty());
    for (const SliceName& name : patch.removed) EXPECT_FALSE(patch.put.contains(name));
  });
}

TEST(Slice, EveryRowSurvivesItsEncodingUnderItsName) {
  each_step(40, [](const Snapshot&, const Snapshot& cloud) {
    for (const auto& [name, item] : slice(cloud, host(2))) {
      EXPECT_EQ(name_of(*item.row), name);
      EXPECT_EQ(slice_row_from_json(name, to_json(*item.row)), Result<SliceRow>(*item.row));
    }
  });
}

// Without this the laws above could hold of nothing.
TEST(Slice, RandomCloudsHaveEveryKindOfRowInTheirSlices) {
  std::map<std::string, int> kinds;
  each_step(300, [&kinds](const Snapshot&, const Snapshot& cloud) {
    for (const auto& [name, item] : slice(cloud, host(2))) ++kinds[name.substr(0, name.find('/'))];
  });
  for (const char* kind :
       {"network", "subnet", "port", "peer", "node", "group", "rule", "addresses", "member", "log", "tap", "tap_flow",
        "tap_mirror", "router", "interface", "pool", "floating", "candidate", "moved"})
    EXPECT_GT(kinds[kind], 50) << kind;
}

TEST(Slice, RefusesARowUnderAnotherNameOrOfAnUnknownKind) {
  const Node node{"host-1", "192.0.2.1"};
  const boost::json::object object = to_json(SliceRow(node));
  EXPECT_TRUE(slice_row_from_json("node/host-1", object).has_value());
  EXPECT_FALSE(slice_row_from_json("node/host-2", object).has_value());
  const Result<SliceRow> unknown = slice_row_from_json("balancer/1", object);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::unsupported);
}

// One network with a subnet, agents on both hosts, and the ports asked for.
Snapshot small_cloud(const std::vector<Port>& ports) {
  Network network;
  network.id = {RandomCloud::id(Kind::network, 1)};
  Subnet subnet;
  subnet.id = {RandomCloud::id(Kind::subnet, 1)};
  subnet.network = network.id;
  Change change{{{Kind::network, network.id.uuid, network}, {Kind::subnet, subnet.id.uuid, subnet}}};
  for (unsigned h = 1; h <= 2; ++h) {
    Agent agent;
    agent.id = {RandomCloud::id(Kind::agent, h)};
    agent.host = host(h);
    agent.tunnel_address = "192.0.2." + std::to_string(h);
    change.edits.push_back({Kind::agent, agent.id.uuid, agent});
  }
  for (const Port& port : ports) change.edits.push_back({Kind::port, port.id.uuid, port});
  return Snapshot().with(change, 5);
}

Port port_on(unsigned number, const std::string& where, VifType vif = VifType::ovs) {
  Port port;
  port.id = {RandomCloud::id(Kind::port, number)};
  port.network = {RandomCloud::id(Kind::network, 1)};
  port.mac = Mac{{0xfa, 0x16, 0x3e, 0, 0, static_cast<std::uint8_t>(number)}};
  port.fixed_ips = {{{RandomCloud::id(Kind::subnet, 1)}, Ip::from_v4(0x0a000000 + number)}};
  port.binding_host = where;
  port.vif_type = vif;
  port.dns_name = "named";
  return port;
}

std::vector<SliceName> names(const Slice& slice) {
  std::vector<SliceName> out;
  for (const auto& [name, item] : slice) out.push_back(name);
  return out;
}

TEST(Slice, ANodeHearsOfItsNetworksAndOfWhoElseIsInThem) {
  const Snapshot cloud = small_cloud({port_on(1, host(1)), port_on(2, host(2))});
  const std::string network = RandomCloud::id(Kind::network, 1).text();
  const std::string subnet = RandomCloud::id(Kind::subnet, 1).text();
  EXPECT_EQ(names(slice(cloud, host(1))),
            (std::vector<SliceName>{"network/" + network, "node/host-2", "peer/" + port_on(2, "").id.text(),
                                    "port/" + port_on(1, "").id.text(), "subnet/" + subnet}));
  const Peer peer = std::get<Peer>(*slice(cloud, host(1)).find("peer/" + port_on(2, "").id.text())->row);
  EXPECT_EQ(
      peer,
      (Peer{
          port_on(2, "").id, port_on(2, "").network, port_on(2, "").mac, {Ip::from_v4(0x0a000002)}, host(2), "named"}));
  EXPECT_EQ(std::get<Node>(*slice(cloud, host(1)).find("node/host-2")->row), (Node{host(2), "192.0.2.2"}));
}

// Of a service's address, which instances take in turns, say.
TEST(Slice, APortThatIsBoundNowhereIsToldForItsNameAlone) {
  Port nameless = port_on(3, "");
  nameless.dns_name.clear();
  Port of_a_router = port_on(4, "");
  of_a_router.device_owner = "network:router_gateway";
  const Port named = port_on(2, "");
  const Slice told = slice(small_cloud({port_on(1, host(1)), named, nameless, of_a_router}), host(1));
  const SliceItem* item = told.find("named/" + named.id.text());
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(std::get<NamedPort>(*item->row), (NamedPort{named.id, named.network, {Ip::from_v4(0x0a000002)}, "named"}));
  for (const SliceName& name : names(told))
    for (const Port& port : {nameless, of_a_router}) EXPECT_FALSE(name.ends_with(port.id.text())) << name;
}

TEST(Slice, ANodeWithoutABoundPortHearsNothing) {
  const Snapshot cloud = small_cloud({port_on(1, host(1)), port_on(2, host(2), VifType::binding_failed)});
  EXPECT_TRUE(slice(cloud, host(2)).empty());
  EXPECT_TRUE(slice(cloud, "nowhere").empty());
  EXPECT_TRUE(slice(cloud, "").empty());
}

TEST(Slice, APortWhoseBindingFailedOrThatIsUnboundIsNoPeer) {
  std::vector<Port> ports{port_on(1, host(1)), port_on(2, host(2), VifType::binding_failed),
                          port_on(3, "", VifType::unbound)};
  for (Port& port : ports) port.dns_name.clear();
  EXPECT_EQ(slice(small_cloud(ports), host(1)).size(), 3U);  // network, subnet, port
}

TEST(Slice, AChangeInOneNetworkConcernsOnlyItsNodes) {
  const Snapshot before = small_cloud({port_on(1, host(1))});
  Port elsewhere = port_on(9, "host-9");
  elsewhere.network = {RandomCloud::id(Kind::network, 2)};
  const Snapshot after = before.with({{{Kind::port, elsewhere.id.uuid, elsewhere}}}, 6);
  EXPECT_EQ(concerned(before, after), (std::set<std::string>{"host-9"}));
  const Slice old = slice(before, host(1));
  EXPECT_TRUE(advance(old, before, after, host(1)).shares(old));
}

}  // namespace
}  // namespace tarn::model
