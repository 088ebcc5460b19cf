// Source ports of gateways: each host that needs some has a block of its own, and keeps it.
#include <bit>
#include <map>
#include <random>

#include "model/gateways.h"
#include "routed_desk.h"

namespace tarn::model {
namespace {

class PortBlocks : public test::RoutedDesk {
 protected:
  static std::string host(unsigned number) { return "host-" + std::to_string(number); }
  std::string instance(unsigned on) { return port(inside, {{"binding_host", host(on)}}); }
  void agents(unsigned count) {
    for (unsigned number = 1; number <= count; ++number) desk.agent(host(number));
  }
  void move_to(const std::string& port, const std::string& where) {
    EXPECT_EQ(change(Kind::port, port, {{"binding_host", where}}), "admitted");
  }

  [[nodiscard]] std::map<std::string, PortBlock> blocks() const {
    std::map<std::string, PortBlock> by_host;
    for (const auto& [id, block] : desk.cloud.table<PortBlock>()) {
      EXPECT_TRUE(by_host.emplace(block->host, *block).second) << "two blocks of " << block->host;
      EXPECT_EQ(block->id, port_block_id(block->gateway, block->host));
    }
    return by_host;
  }
  // No port is two hosts', none is a well-known one, and one mask tells a block.
  void expect_apart(const std::map<std::string, PortBlock>& by_host) const {
    std::map<std::uint32_t, std::uint32_t> ends;
    for (const auto& [name, block] : by_host) {
      EXPECT_GE(block.first, 1024U);
      EXPECT_LE(block.first + block.size, 65536U);
      EXPECT_TRUE(std::has_single_bit(block.size) && block.first % block.size == 0) << block.first;
      EXPECT_TRUE(ends.emplace(block.first, block.first + block.size).second);
    }
    std::uint32_t last = 0;
    for (const auto& [first, end] : ends) {
      EXPECT_GE(first, last);
      last = end;
    }
  }
};

TEST_F(PortBlocks, AHostHasOneWhileItHasPortsBehindTheGateway) {
  agents(2);
  const std::string router = connected_router();
  EXPECT_TRUE(blocks().empty());
  const std::string first = instance(1);
  const std::string second = instance(1);
  EXPECT_EQ(blocks().size(), 1U);
  EXPECT_EQ(blocks().at("host-1").gateway.text(), ports_of(router, "network:router_gateway").front());
  move_to(first, "host-2");
  EXPECT_EQ(blocks().size(), 2U);
  expect_apart(blocks());
  const auto both = blocks();
  move_to(second, "host-2");
  EXPECT_EQ(blocks(), both) << "what was translated there is still (moves.h)";
  EXPECT_EQ(drop(Kind::port, first), "admitted");
  EXPECT_EQ(blocks(), both);
  EXPECT_EQ(drop(Kind::port, second), "admitted");
  EXPECT_TRUE(blocks().empty());
}

TEST_F(PortBlocks, ComeWithTheWayOutAndGoWithIt) {
  agents(1);
  instance(1);
  const std::string router = this->router();
  EXPECT_EQ(attach(router, inside_subnet), "admitted");
  EXPECT_TRUE(blocks().empty());
  const auto leave_by = [&](bool translated) {
    EXPECT_EQ(change(Kind::router, router, {{"gateway", {{"network", outside}, {"enable_snat", translated}}}}),
              "admitted");
  };
  desk.caller = test::admin();
  leave_by(true);
  EXPECT_EQ(blocks().size(), 1U);
  const auto given = blocks();
  leave_by(false);  // the gateway's hosts must know who leaves by it all the same
  EXPECT_EQ(blocks(), given);
  EXPECT_EQ(detach(router, ports_of(router).front()), "admitted");
  EXPECT_TRUE(blocks().empty());
  EXPECT_EQ(attach(router, inside_subnet), "admitted");
  EXPECT_EQ(blocks().size(), 1U);
  EXPECT_EQ(change(Kind::router, router, {{"gateway", nullptr}}), "admitted");
  EXPECT_TRUE(blocks().empty());
}

// As in a store that a build without blocks has written.
TEST_F(PortBlocks, AnAgentThatReportsGetsWhatItsHostShouldHave) {
  agents(1);
  connected_router();
  instance(1);
  const PortBlock block = blocks().at("host-1");
  desk.commit({{{Kind::port_block, block.id.uuid, std::nullopt}}});
  desk.agent("host-1");
  EXPECT_EQ(blocks().at("host-1"), block);
}

TEST_F(PortBlocks, NoneMovesWhateverComesAndGoes) {
  constexpr unsigned hosts = 40;
  agents(hosts);
  connected_router();
  std::mt19937 chance(7);
  std::vector<std::string> ports;
  std::map<std::string, PortBlock> before;
  for (int step = 0; step < 300; ++step) {
    if (ports.size() < 60 && chance() % 3 != 0) {
      ports.push_back(instance(1 + chance() % hosts));
    } else if (!ports.empty()) {
      move_to(ports[chance() % ports.size()], host(1 + chance() % hosts));
    }
    const std::map<std::string, PortBlock> now = blocks();
    expect_apart(now);
    for (const auto& [name, block] : before)
      if (now.contains(name)) EXPECT_EQ(now.at(name), block);
    before = now;
  }
  EXPECT_GT(before.size(), 20U);
}

TEST_F(PortBlocks, LaterHostsGetFewerPortsAndNobodyGoesWithout) {
  desk.limits.quotas["port"] = 3000;
  subnet(inside, "10.0.16.0/20");
  constexpr unsigned hosts = 2000;
  agents(hosts);
  connected_router();
  for (unsigned number = 1; number <= hosts; ++number) instance(number);
  const std::map<std::string, PortBlock> now = blocks();
  expect_apart(now);
  EXPECT_EQ(now.size(), hosts);
  EXPECT_GT(now.at("host-1").size, now.at("host-50").size);
  EXPECT_GT(now.at("host-50").size, now.at("host-2000").size);
}

// Hosts that come later find some, and all get what a cloud of few hosts has to give.
TEST_F(PortBlocks, AFewHostsHaveManyPortsAndLeaveSome) {
  agents(3);
  connected_router();
  for (const unsigned number : {1, 2, 3}) instance(number);
  for (const auto& [name, block] : blocks()) EXPECT_GE(block.size, 2048U);
  for (unsigned number = 4; number <= 150; ++number) {
    desk.agent(host(number));
    instance(number);
  }
  expect_apart(blocks());
  EXPECT_EQ(blocks().size(), 150U);
}

TEST_F(PortBlocks, WhenAllAreGivenTheLastHostGetsNone) {
  desk.limits.quotas["port"] = 3000;
  subnet(inside, "10.0.16.0/20");
  connected_router();
  unsigned number = 0;
  while (blocks().size() == number && number < 2500) {
    desk.agent(host(++number));
    instance(number);
  }
  std::uint32_t ports = 0;
  for (const auto& [name, block] : blocks()) ports += block.size;
  EXPECT_GT(ports, 64000U);  // nearly all
  EXPECT_LT(number, 2500U);
}

}  // namespace
}  // namespace tarn::model
