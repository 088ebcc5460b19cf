// Who answers for a gateway: what hosts that may see of each other, and what each does with what comes to it.
#include "model/gateways.h"
#include "outer.h"
#include "render/names.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;

// A host may answer for a gateway and have nobody behind it.
TEST(GatewayDuty, who_answers_for_others_needs_no_router_of_its_own) {
  Outer outer;
  outer.world.remove("router/" + router_id(1).text());
  outer.world.remove(World::interface_name(inside));
  for (const std::uint64_t p : {1, 2}) outer.world.remove("port/" + port_id(p).text());
  outer.world.remove("network/" + network_id(1).text());
  outer.world.remove("block/" + uuid(9, 1).text());
  outer.world.remove("floating/" + uuid(8, 1).text());
  outer.settle();
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 53, 5000)).ways,
              ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Packet echo = Outer::tagged(ethernet(mac(upstream), mac(gateway), 0x0800)
                                        .set(Field::ipv4_src, ip(far))
                                        .set(Field::ipv4_dst, ip(own))
                                        .set(Field::ip_proto, 1)
                                        .set(Field::ip_ttl, 64)
                                        .set(Field::icmp_type, 8));
  EXPECT_THAT(outer.send(patch_ofport, echo).ways, ElementsAre("physical vlan 109"));
  // Whatever flows name must be there, or the switch takes none of them.
  const Tables tables = outer.world.tables();
  std::size_t metered = 0;
  for (const auto& [key, spec] : tables.flows) {
    for (const wire::of::Action& action : spec.actions) {
      if (const auto* meter = std::get_if<wire::of::Meter>(&action)) {
        ++metered;
        EXPECT_TRUE(tables.meters.contains(meter->meter)) << meter->meter;
      }
    }
  }
  EXPECT_GT(metered, 0U);
}

// Of three hosts that may answer, this one and two that it watches.
class Shared : public Outer {
 public:
  Shared() {
    for (const std::string host : {"here", "east", "west"})
      world.put("gateway_host/" + port_id(gateway).text() + "/" + host, model::GatewayHost{port_id(gateway), host});
    world.node("west", "192.0.2.3");
    settle();
  }
  void see(const std::string& host, bool there) { world.see(host, there); }
  void choose(const std::vector<std::string>& hosts) {
    model::RouterGateway row = way_out();
    row.chosen_hosts = hosts;
    put(row);
  }
  bool answers() { return world.tables().announcements.contains(port_id(gateway).uuid); }
};

TEST(GatewayDuty, the_first_host_that_is_there_answers_unless_it_sees_nobody) {
  std::vector<std::string> order{"here", "east", "west"};
  std::ranges::sort(order, std::ranges::greater(),
                    [](const std::string& host) { return model::gateway_rank(port_id(gateway), {}, host); });
  for (const bool east : {true, false}) {
    for (const bool west : {true, false}) {
      Shared shared;
      shared.see("east", east);
      shared.see("west", west);
      const std::map<std::string, bool> there{{"here", true}, {"east", east}, {"west", west}};
      const auto first = std::ranges::find_if(order, [&](const std::string& host) { return there.at(host); });
      EXPECT_EQ(shared.answers(), *first == "here" && (east || west)) << east << west;
      // Whoever may answer takes what comes to it all the same: it may be on its way.
      shared.settle();
      EXPECT_THAT(shared.send(patch_ofport, from_outside(mac(gateway), own, 53, 5000)).ways,
                  ElementsAre("tunnel 192.0.2.2 vni 0"));
    }
  }
}

TEST(GatewayDuty, the_hosts_that_the_router_chose_go_first_in_its_order) {
  const std::vector<std::vector<std::string>> orders{{"here"}, {"east", "here"}, {"here", "east"}, {"west"}};
  for (const std::vector<std::string>& chosen : orders) {
    for (const bool east : {true, false}) {
      Shared shared;
      shared.choose(chosen);
      shared.see("east", east);
      shared.see("west", true);
      const bool is_first = chosen.front() == "here" || (chosen.size() > 1 && chosen[1] == "here" && !east);
      EXPECT_EQ(shared.answers(), is_first) << chosen.front() << " " << chosen.size() << east;
    }
  }
}

TEST(GatewayDuty, a_host_without_a_wire_does_not_answer_and_says_so) {
  Shared shared;
  shared.see("east", true);
  shared.see("west", true);
  const auto path_down = [&](const std::string& host) {
    return shared.world.tables().switch_ports.at(watch_port_name(host)).bfd.at("cpath_down");
  };
  EXPECT_EQ(path_down("east"), "false");
  shared.world.facts.severed = {"physnet1"};
  EXPECT_FALSE(shared.answers());
  EXPECT_EQ(path_down("east"), "true");
  EXPECT_EQ(path_down("west"), "true");
}

TEST(GatewayDuty, those_who_may_answer_watch_each_other_and_nobody_else_does) {
  Shared shared;
  const Tables tables = shared.world.tables();
  const domain::SwitchPort::Spec& east = tables.switch_ports.at(watch_port_name("east"));
  EXPECT_EQ(east.options.at("remote_ip"), "192.0.2.2");
  EXPECT_EQ(east.options.at("key"), "16777215");
  EXPECT_EQ(east.bfd.at("enable"), "true");
  EXPECT_FALSE(tables.switch_ports.contains(watch_port_name("here")));
  Outer away(false);
  EXPECT_FALSE(away.world.tables().switch_ports.contains(watch_port_name("east")));
}

// It must be heard above who answered until now.
TEST(GatewayDuty, an_announcement_names_those_who_are_not_in_sight) {
  Shared shared;
  const auto hidden = [&] { return shared.world.tables().announcements.at(port_id(gateway).uuid).hidden; };
  shared.see("east", false);
  shared.see("west", true);
  EXPECT_THAT(hidden(), ElementsAre("east"));
  shared.see("east", true);
  EXPECT_THAT(hidden(), testing::IsEmpty());
}

}  // namespace
}  // namespace tarn::render::test
