// The laws of the engine: incremental equals from scratch, patches add up, clashes have one winner, edits stay local.
#include <gmock/gmock.h>

#include <random>

#include "world.h"

namespace tarn::render::test {
namespace {

using model::NetworkType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

void fold_all(Tables& tables, const Patches& patches) {
  fold(tables.bridges, patches.bridges);
  fold(tables.switch_ports, patches.switch_ports);
  fold(tables.ofport_pins, patches.ofport_pins);
  fold(tables.numbers, patches.numbers);
  fold(tables.meters, patches.meters);
  fold(tables.flows, patches.flows);
  fold(tables.exports, patches.exports);
  fold(tables.zones, patches.zones);
  fold(tables.answers, patches.answers);
  fold(tables.wired, patches.wired);
}

bool empty(const Patches& patches) {
  return patches == Patches{};
}

// A small universe, so that edits meet: 3 networks, 3 subnets, 8 ports that are here, elsewhere or nowhere, 3 hosts.
class Editor {
 public:
  explicit Editor(std::uint32_t seed) : chance_(seed) {}

  void edit(World& world) {
    switch (below(10)) {
      case 0:
        return edit_network(world);
      case 1:
        return edit_subnet(world);
      case 2:
        return edit_node(world);
      case 3:
        return edit_number(world);
      case 4:
        return edit_uplinks(world);
      case 5:
        return edit_plugged(world);
      default:
        return edit_port(world);
    }
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(chance_() % bound); }
  bool one_in(std::uint32_t bound) { return below(bound) == 0; }

  void edit_network(World& world) {
    const std::uint64_t n = 1 + below(3);
    if (one_in(3)) return world.remove("network/" + network_id(n).text());
    const auto number = world.facts.numbers;
    world.network(n, static_cast<NetworkType>(below(3)),
                  [&](model::Network& network) { network.admin_state_up = !one_in(4); });
    world.facts.numbers = number;
  }
  void edit_subnet(World& world) {
    const std::uint64_t n = 1 + below(3);
    if (one_in(4)) return world.remove("subnet/" + subnet_id(n).text());
    world.subnet(n, 1 + below(3), n == 2 ? "2001:db8::/64" : "10.0.0.0/24", [&](model::Subnet& subnet) {
      subnet.enable_dhcp = !one_in(3);
      subnet.ra_mode = subnet.address_mode = static_cast<model::Ipv6Mode>(below(4));
      if (one_in(2)) subnet.gateway = ip(n == 2 ? "2001:db8::3" : "10.0.0.3");
    });
  }
  void edit_node(World& world) {
    const std::string host = "host-" + std::to_string(below(3));
    if (one_in(4)) return world.remove("node/" + host);
    world.node(host, one_in(4) ? "" : "192.0.2." + std::to_string(10 + below(5)));
  }
  void edit_number(World& world) {
    const NetworkId network = network_id(1 + below(3));
    if (one_in(3)) {
      world.facts.numbers.erase(network);
    } else {
      world.facts.numbers[network] = below(4);  // 0 is no number; equal ones clash
    }
  }
  void edit_uplinks(World& world) {
    if (one_in(2)) world.facts.tunnel_port = one_in(3) ? std::nullopt : std::optional(tunnel_ofport + 10 * below(2));
    if (one_in(2)) world.facts.patch_ports = {{"physnet1", patch_ofport + 10 * below(2)}};
    if (one_in(4)) world.facts.patch_ports.clear();
    if (one_in(4)) world.facts.bridges = {"br-int"};
  }
  void edit_plugged(World& world) {
    const std::uint64_t p = 1 + below(8);
    if (one_in(2)) {
      world.facts.plugged.erase(port_id(p));
    } else {
      world.facts.plugged[port_id(p)] = {
          "tap-" + std::to_string(p), static_cast<std::uint32_t>(p + 100 * below(2)), {}};
    }
  }
  void edit_port(World& world) {
    const std::uint64_t p = 1 + below(8);
    const auto plugged = world.facts.plugged;
    const std::string v4 = "10.0.0." + std::to_string(p);
    const std::string v6 = "2001:db8::" + std::to_string(p);
    if (one_in(3)) world.remove("port/" + port_id(p).text());
    if (one_in(3)) world.remove("peer/" + port_id(p).text());
    if (one_in(2)) {
      world.remove("port/" + port_id(p).text());
      return world.peer(p, 1 + below(3), {v4, v6}, "host-" + std::to_string(below(3)));
    }
    world.remove("peer/" + port_id(p).text());
    world.port(p, 1 + below(3), {v4, v6}, [&](model::Port& port) {
      port.admin_state_up = !one_in(5);
      port.port_security_enabled = !one_in(4);
    });
    if (one_in(2)) world.facts.plugged = plugged;
  }

  std::mt19937 chance_;
};

TEST(Engine, after_any_edits_incremental_equals_from_scratch_and_patches_add_up) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    World world;
    Editor editor(seed);
    Tables folded;
    for (int step = 0; step < 60; ++step) {
      for (int edits = 0; edits <= step % 3; ++edits) editor.edit(world);
      fold_all(folded, world.render());
      const Tables scratch = world.from_scratch();
      ASSERT_EQ(world.renderer.tables(), scratch) << "step " << step;
      ASSERT_EQ(folded, scratch) << "step " << step;
      ASSERT_TRUE(empty(world.render()));
    }
  }
}

TEST(Engine, rows_may_change_between_two_pieces_of_a_rendering) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    World world;
    Editor editor(seed);
    Tables folded;
    std::size_t left_open = 0;
    for (int step = 0; step < 60; ++step) {
      for (int edits = 0; edits <= step % 3; ++edits) editor.edit(world);
      world.rows.set_facts(world.facts);
      world.renderer.touch(world.rows, world.rows.take_touched());
      const bool complete = world.renderer.render_some(world.rows, 2);
      left_open += complete ? 0 : 1;
      if (!complete) continue;
      fold_all(folded, world.renderer.take_patches());
      const Tables scratch = world.from_scratch();
      ASSERT_EQ(world.renderer.tables(), scratch) << "step " << step;
      ASSERT_EQ(folded, scratch) << "step " << step;
    }
    ASSERT_GT(left_open, 0U);
    fold_all(folded, world.render());
    ASSERT_EQ(folded, world.from_scratch());
  }
}

TEST(Engine, units_never_contest_a_key_in_a_cloud_that_admission_would_allow) {
  World world;
  Editor editor(7);
  for (int step = 0; step < 300; ++step) {
    editor.edit(world);
    world.render();
    ASSERT_EQ(world.renderer.contested(), 0U) << "step " << step;
  }
}

// A renderer of toy units: the unit of network n wishes the number that stands in its row's VNI for one shared key.
Tables toy(View& view, const UnitId& unit) {
  Tables tables;
  if (const auto* network = view.network(NetworkId{unit.id}))
    tables.numbers.emplace(network_id(0), domain::NetworkNumber::Spec{network->segmentation_id});
  return tables;
}

TEST(Engine, of_two_wishes_for_one_key_the_lowest_unit_wins_whatever_the_order) {
  const Units units{[](const RowKey& key) -> std::optional<UnitId> {
                      if (key.table != Table::network) return std::nullopt;
                      return UnitId{UnitClass::network, key.id, 0};
                    },
                    toy};
  const auto number_after = [&](const std::vector<std::uint64_t>& order) {
    World world;
    world.renderer = Renderer(units);
    for (const std::uint64_t n : order) {
      world.network(n);
      world.render();
    }
    EXPECT_EQ(world.renderer.contested(), 1U);
    world.remove("network/" + network_id(3).text());
    EXPECT_TRUE(empty(world.render()));
    const auto number = world.renderer.tables().numbers.at(network_id(0)).number;
    world.remove("network/" + network_id(1).text());
    EXPECT_EQ(world.render().numbers.at(network_id(0))->number, 102U);
    return number;
  };
  EXPECT_EQ(number_after({1, 2, 3}), 101U);
  EXPECT_EQ(number_after({3, 2, 1}), 101U);
}

TEST(Engine, an_edit_that_changes_no_wish_changes_nothing_downstream) {
  World world;
  world.network(1);
  world.port(1, 1, {"10.0.0.1"});
  world.render();
  const auto version = world.renderer.shard({UnitClass::port, port_id(1).uuid, 0})->version;
  world.port(1, 1, {"10.0.0.1"}, [](model::Port& port) { port.standard.name = "renamed"; });
  EXPECT_TRUE(empty(world.render()));
  EXPECT_GT(world.renderer.shard({UnitClass::port, port_id(1).uuid, 0})->version, version);
}

TEST(Engine, one_more_port_in_a_large_network_rewrites_one_chunk_and_no_other_port) {
  World world;
  world.network(1);
  world.subnet(1, 1, "10.0.0.0/16");
  for (std::uint64_t p = 1; p <= 500; ++p) world.port(p, 1, {"10.0.1." + std::to_string(p % 250)});
  world.render();
  world.port(600, 1, {"10.0.9.9"});
  const Patches patches = world.render();
  const auto own = world.renderer.shard({UnitClass::port, port_id(600).uuid, 0})->wishes.flows.size();
  EXPECT_THAT(patches.flows, SizeIs(own + 1));
}

TEST(Engine, the_hosts_of_a_network_are_flooded_in_bounded_flows) {
  World world;
  world.network(1);
  world.port(1, 1, {});
  for (std::uint64_t h = 0; h < 3000; ++h) {
    const std::string host = "host-" + std::to_string(h);
    world.node(host, "10." + std::to_string(h / 250) + ".0." + std::to_string(1 + h % 250));
    world.peer(1000 + h, 1, {}, host);
  }
  const Tables tables = world.tables();
  for (const auto& [key, spec] : tables.flows) ASSERT_LE(spec.actions.size(), 400U);
  EXPECT_THAT(send(tables, 1, udp(mac(1), broadcast, Ip::link_local(mac(1)).text(), "ff02::1")).ways, SizeIs(3000));
}

TEST(Engine, a_port_costs_few_flows) {
  World world;
  world.network(1);
  world.subnet(1, 1, "10.0.0.0/24");
  world.subnet(2, 1, "2001:db8::/64",
               [](model::Subnet& subnet) { subnet.ra_mode = subnet.address_mode = model::Ipv6Mode::dhcpv6_stateful; });
  world.port(1, 1, {"10.0.0.1"});
  world.port(2, 1, {"10.0.0.2", "2001:db8::2"});
  world.peer(3, 1, {"10.0.0.3", "2001:db8::3"}, "east");
  world.node("east", "192.0.2.11");
  world.render();
  const auto flows = [&](UnitClass unit_class, std::uint64_t p) {
    return world.renderer.shard({unit_class, port_id(p).uuid, 0})->wishes.flows.size();
  };
  // docs/pipeline.md tells these numbers.
  EXPECT_EQ(flows(UnitClass::port, 1), 10U);
  EXPECT_EQ(flows(UnitClass::port, 2), 15U);
  EXPECT_EQ(flows(UnitClass::peer, 3), 3U);
  EXPECT_EQ(world.renderer.shard({UnitClass::network, network_id(1).uuid, 0})->wishes.flows.size(), 4U);
  EXPECT_EQ(world.renderer.shard({UnitClass::node, {}, 0})->wishes.flows.size(), 151U);
}

TEST(Engine, each_unit_marks_its_flows_with_a_cookie_of_its_own) {
  World world;
  world.network(1);
  world.port(1, 1, {"10.0.0.1"});
  world.port(2, 1, {"10.0.0.2"});
  world.render();
  std::set<std::uint64_t> cookies;
  for (const auto& [unit, shard] : world.renderer.shards()) {
    if (shard.wishes.flows.empty()) continue;
    EXPECT_TRUE(cookies.insert(cookie_of(unit)).second);
    for (const auto& [key, spec] : shard.wishes.flows) EXPECT_EQ(spec.cookie, cookie_of(unit));
  }
  for (const UnitId& unit : units_behind(std::get<model::Port>(
           *std::get<model::SliceItem>(*world.rows.find(key_of(Table::port, port_id(1).uuid))).row)))
    EXPECT_NE(world.renderer.shard(unit), nullptr) << text(unit);
}

TEST(Numbers, recorded_ones_stay_and_nobody_takes_them) {
  World world;
  for (std::uint64_t n = 1; n <= 4; ++n) world.network(n);
  // Network 9 is gone from the slice and its number not yet swept: nobody else may have it.
  world.facts.numbers = {{network_id(2), 1}, {network_id(4), 40}, {network_id(9), 2}};
  const auto chosen = world.tables().numbers;
  EXPECT_EQ(chosen.at(network_id(2)).number, 1U);
  EXPECT_EQ(chosen.at(network_id(4)).number, 40U);
  EXPECT_FALSE(chosen.contains(network_id(9)));
  // Whoever holds the places that 1 and 3 would take, they find others.
  const std::uint32_t first = chosen.at(network_id(1)).number;
  const std::uint32_t third = chosen.at(network_id(3)).number;
  world.facts.numbers = {{network_id(2), first}, {network_id(4), third}, {network_id(9), first + 1}};
  const auto again = world.tables().numbers;
  std::set<std::uint32_t> all{first + 1};
  for (const auto& [network, spec] : again) EXPECT_TRUE(all.insert(spec.number).second) << spec.number;
  EXPECT_EQ(all.size(), 5U);
  EXPECT_EQ(again.at(network_id(2)).number, first);
  EXPECT_EQ(again.at(network_id(4)).number, third);
}

TEST(Numbers, a_network_that_comes_chooses_for_no_other) {
  World world;
  for (std::uint64_t n = 2; n <= 40; ++n) world.network(n);
  const auto before = world.tables().numbers;
  world.network(1);  // sorts before all of them
  auto after = world.tables().numbers;
  ASSERT_EQ(after.erase(network_id(1)), 1U);
  EXPECT_EQ(after, before);
}

TEST(Numbers, a_damaged_record_never_joins_two_networks) {
  World world;
  world.network(1);
  world.network(2);
  world.port(1, 1, {});
  world.port(2, 2, {});
  world.facts.numbers = {{network_id(1), 5}, {network_id(2), 5}};
  const Tables tables = world.tables();
  EXPECT_EQ(tables.numbers.at(network_id(1)).number, 5U);
  EXPECT_NE(tables.numbers.at(network_id(2)).number, 5U);
  EXPECT_EQ(tables.wired.at(port_id(2)), Wired::no_number);
  EXPECT_THAT(send(tables, 1, udp(mac(1), broadcast, Ip::link_local(mac(1)).text(), "ff02::1")).ways, IsEmpty());
}

}  // namespace
}  // namespace tarn::render::test
