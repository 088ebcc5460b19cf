// What a commit means for Nova: each row of the tables is what Neutron 21 sends for the same change
// (notifiers/nova.py).
#include "notify/events_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "things.h"

namespace tarn::notify {
namespace {

using model::Kind;
using model::Port;
using model::PortStatus;
using model::Snapshot;
using test::event;
using test::port;
using test::port_id;
using test::with;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Event> of_change(const Port& before, const Port& after) {
  const Snapshot old = with({}, before);
  return events_of(old, with(old, after));
}

TEST(EventsOfAPort, FollowItsStatus) {
  using enum PortStatus;
  const std::optional<Event> up = event(EventName::vif_plugged, 1);
  const std::optional<Event> broken = event(EventName::vif_plugged, 1, true);
  const std::optional<Event> gone = event(EventName::vif_unplugged, 1);
  const std::tuple<PortStatus, PortStatus, std::optional<Event>> table[] = {
      {down, active, up},  {build, active, up},  {error, active, {}}, {down, error, broken}, {build, error, broken},
      {active, error, {}}, {active, down, gone}, {active, build, {}}, {error, down, {}},     {build, down, {}},
      {down, build, {}},   {active, active, {}}, {down, down, {}},
  };
  for (const auto& [before, after, told] : table) {
    const std::vector<Event> events = of_change(port(1, before), port(1, after));
    EXPECT_EQ(events, told ? std::vector{*told} : std::vector<Event>{}) << int(before) << " → " << int(after);
  }
}

TEST(EventsOfAPort, AreTheInstancesOfAfterwards) {
  Port other = port(1, PortStatus::active);
  other.device_id = test::server(2).text();
  EXPECT_THAT(of_change(port(1), other), ElementsAre(Event{test::server(2), port_id(1), EventName::vif_plugged},
                                                     Event{test::server(2), port_id(1), EventName::network_changed}));
}

TEST(EventsOfAPort, AreForThoseThatNovaMadeItsOwn) {
  const auto nobody = [](auto change) {
    Port before = port(1);
    Port after = port(1, PortStatus::active);
    change(before);
    change(after);
    const Snapshot old = with({}, before);
    EXPECT_THAT(events_of(old, with(old, after)), IsEmpty());
    EXPECT_THAT(events_of(old, test::without(old, Kind::port, before.id.uuid)), IsEmpty());
    EXPECT_THAT(events_since(with({}, after), 0), IsEmpty());
  };
  nobody([](Port& port) { port.device_owner = "network:router_interface"; });
  nobody([](Port& port) { port.device_owner = ""; });
  nobody([](Port& port) { port.device_owner = "baremetal:none"; });
  nobody([](Port& port) { port.device_id = ""; });
  nobody([](Port& port) { port.device_id = "not-a-uuid"; });
}

TEST(EventsOfAPort, TellThatItWasRemoved) {
  const Snapshot cloud = with(with({}, port(1, PortStatus::active)), port(2));
  EXPECT_THAT(events_of(cloud, test::without(cloud, Kind::port, port_id(1).uuid)),
              ElementsAre(event(EventName::vif_deleted, 1)));
}

TEST(EventsOfAPort, TellWhatNovaKeepsACopyOf) {
  const auto changed = [](auto change) {
    Port after = port(1);
    change(after);
    return of_change(port(1), after);
  };
  const auto told = ElementsAre(event(EventName::network_changed, 1));
  EXPECT_THAT(changed([](Port& port) { port.fixed_ips = {{{test::uuid(5, 1)}, Ip::parse("10.0.0.9").value()}}; }),
              told);
  EXPECT_THAT(changed([](Port& port) { port.mac = Mac::parse("fa:16:3e:00:00:02").value(); }), told);
  EXPECT_THAT(changed([](Port& port) { port.binding_host = "node-2"; }), told);
  EXPECT_THAT(changed([](Port& port) { port.binding_profile = "{\"migrating_to\": \"node-2\"}"; }), told);
  EXPECT_THAT(changed([](Port& port) { port.vif_type = model::VifType::binding_failed; }), told);
  EXPECT_THAT(changed([](Port& port) { port.admin_state_up = false; }), told);
  EXPECT_THAT(changed([](Port& port) { port.security_groups = {{test::uuid(6, 1)}}; }), told);
  EXPECT_THAT(changed([](Port& port) { port.other_bindings = {{"node-2"}}; }), told);
  EXPECT_THAT(changed([](Port& port) { port.standard.name = "web"; }), IsEmpty());
  EXPECT_THAT(changed([](Port& port) { port.standard.tags = {"web"}; }), IsEmpty());
  EXPECT_THAT(changed([](Port& port) { port.standard.updated_at_ms = 1; }), IsEmpty());
}

TEST(EventsOfAPort, OfWhichNovaReadsAllItselfAreNone) {
  EXPECT_THAT(events_of({}, with({}, port(1))), IsEmpty());
  Port idle = port(1);
  idle.device_id = idle.device_owner = "";
  EXPECT_THAT(of_change(idle, port(1)), ElementsAre(event(EventName::network_changed, 1))) << "Nova made it its own";
  EXPECT_THAT(of_change(port(1), idle), IsEmpty()) << "and let it go";
  EXPECT_THAT(events_of({}, with({}, port(1, PortStatus::active))), ElementsAre(event(EventName::vif_plugged, 1)));
}

// ml2 sets a port DOWN when another binding becomes its own, and the new host's agent makes it ACTIVE.
TEST(EventsOfAPort, FollowItToAnotherHost) {
  Port there = port(1, PortStatus::down);
  there.binding_host = "node-2";
  EXPECT_THAT(of_change(port(1, PortStatus::active), there),
              ElementsAre(event(EventName::vif_unplugged, 1), event(EventName::network_changed, 1)));
  Port wired = there;
  wired.status = PortStatus::active;
  EXPECT_THAT(of_change(there, wired), ElementsAre(event(EventName::vif_plugged, 1)));
}

TEST(EventsOfAFloatingIp, GoToThePortsThatItLeavesAndReaches) {
  const Snapshot ports = with(with({}, port(1)), port(2));
  const auto changed = [](std::uint64_t number) { return event(EventName::network_changed, number); };
  const Snapshot none = with(ports, test::floating(1, std::nullopt));
  const Snapshot first = with(none, test::floating(1, port_id(1)));
  const Snapshot second = with(first, test::floating(1, port_id(2)));
  EXPECT_THAT(events_of(ports, none), IsEmpty());
  EXPECT_THAT(events_of(ports, first), ElementsAre(changed(1))) << "made with a port";
  EXPECT_THAT(events_of(none, first), ElementsAre(changed(1)));
  EXPECT_THAT(events_of(first, second), ElementsAre(changed(1), changed(2)));
  EXPECT_THAT(events_of(second, none), ElementsAre(changed(2)));
  EXPECT_THAT(events_of(second, test::without(second, Kind::floatingip, test::floating_id(1))),
              ElementsAre(changed(2)));
  model::FloatingIp renamed = test::floating(1, port_id(2));
  renamed.standard.description = "the web";
  EXPECT_THAT(events_of(second, with(second, renamed)), IsEmpty());
  const Snapshot gone = test::without(none, Kind::port, port_id(1).uuid);
  EXPECT_THAT(events_of(first, gone), ElementsAre(event(EventName::vif_deleted, 1))) << "the port is no more";
}

TEST(EventsOfACommit, TellEachChangeOnce) {
  const Snapshot before = with({}, port(1));
  Port moved = port(1);
  moved.fixed_ips = {{{test::uuid(5, 1)}, Ip::parse("10.0.0.9").value()}};
  const Snapshot after = with(with(before, moved), test::floating(1, port_id(1)));
  EXPECT_THAT(events_of(before, after), ElementsAre(event(EventName::network_changed, 1)));
}

TEST(EventsSinceARestart, TellTheStateOfWhatChangedLately) {
  Snapshot cloud;
  const auto add = [&cloud](std::uint64_t number, PortStatus status, std::int64_t at_ms) {
    Port added = port(number, status);
    added.standard.updated_at_ms = at_ms;
    cloud = with(cloud, added);
  };
  add(1, PortStatus::active, 100);
  add(2, PortStatus::error, 100);
  add(3, PortStatus::down, 100);
  add(4, PortStatus::active, 99);
  Port unbound = port(5);
  unbound.vif_type = model::VifType::unbound;
  unbound.standard.updated_at_ms = 100;
  cloud = with(cloud, unbound);
  add(6, PortStatus::active, 99);
  model::FloatingIp floating = test::floating(1, port_id(6));
  floating.standard.updated_at_ms = 100;
  cloud = with(cloud, floating);
  std::vector<Event> told = events_since(cloud, 100);
  EXPECT_THAT(
      told, testing::UnorderedElementsAre(event(EventName::vif_plugged, 1), event(EventName::network_changed, 1),
                                          event(EventName::vif_plugged, 2, true), event(EventName::network_changed, 2),
                                          event(EventName::vif_unplugged, 3), event(EventName::network_changed, 3),
                                          event(EventName::network_changed, 5), event(EventName::network_changed, 6)));
}

}  // namespace
}  // namespace tarn::notify
