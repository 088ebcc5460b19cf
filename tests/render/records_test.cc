// What is handed to the agent for the records of security groups, and that the packets go their way all the same.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using model::Direction;
using model::LogEvent;
using testing::ElementsAre;
using testing::IsEmpty;

const LogId log_id{uuid(12, 1)};

struct Records : testing::Test {
  Records() {
    world.network(1);
    world.subnet(1, 1, "10.0.0.0/24");
    world.group(1);
    world.rule(11, 1, let(Direction::ingress, 4, "udp", 2000, 2000));
    world.port(1, 1, {"10.0.0.1"}, [](model::Port& port) { port.standard.project_id = "blue"; });
    world.port(2, 1, {"10.0.0.2"}, [](model::Port& port) {
      port.standard.project_id = "red";
      port.security_groups = {group_id(1)};
    });
  }
  template <class Edit>
  void log(LogEvent event, Edit edit) {
    model::Log row;
    row.id = log_id;
    row.event = event;
    edit(row);
    world.put("log/" + row.id.text(), row);
  }
  void log_of_port(LogEvent event, std::uint64_t p) {
    log(event, [p](model::Log& row) { row.target = port_id(p).uuid; });
  }
  // What was recorded of the packet, and where it came out.
  struct Seen {
    std::vector<Punt> punts;
    std::vector<std::string> ways;
  };
  Seen pass(std::uint32_t in_port, const Packet& packet) {
    const sim::Walk walk = sim::Pipeline(world.tables().flows).walk(in_port, packet, connections);
    EXPECT_THAT(walk.faults, IsEmpty());
    walk.teach(connections);
    Seen seen;
    for (const auto& emission : walk.emissions) {
      if (const auto punt = decode_punt(emission.userdata)) {
        seen.punts.push_back(*punt);
      } else {
        seen.ways.push_back(way_of(emission));
      }
    }
    return seen;
  }
  const Packet allowed = udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2", 4000, 2000);
  const Packet answer = udp(mac(2), mac(1), "10.0.0.2", "10.0.0.1", 2000, 4000);
  const Packet refused = udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2", 4000, 2001);
  const Punt accepted_in{PuntReason::accepted_in, port_id(2)};
  const Punt dropped_in{PuntReason::dropped_in, port_id(2)};
  const Punt accepted_out{PuntReason::accepted_out, port_id(1)};
  World world;
  sim::Conntrack connections;
};

TEST_F(Records, nothing_is_recorded_unless_somebody_asks) {
  EXPECT_THAT(pass(1, allowed).punts, IsEmpty());
  EXPECT_THAT(pass(1, refused).punts, IsEmpty());
  EXPECT_THAT(meters_beside_questions(world.tables()), IsEmpty());
}

TEST_F(Records, what_is_dropped_is_recorded_and_stays_dropped) {
  log_of_port(LogEvent::drop, 2);
  const Seen seen = pass(1, refused);
  EXPECT_THAT(seen.punts, ElementsAre(dropped_in));
  EXPECT_THAT(seen.ways, IsEmpty());
  EXPECT_THAT(pass(1, allowed).punts, IsEmpty());
}

TEST_F(Records, what_opens_a_connection_is_recorded_and_what_follows_is_not) {
  log_of_port(LogEvent::accept, 2);
  const Seen first = pass(1, allowed);
  EXPECT_THAT(first.punts, ElementsAre(accepted_in));
  EXPECT_THAT(first.ways, ElementsAre("2"));
  EXPECT_THAT(pass(2, answer).punts, IsEmpty());
  const Seen later = pass(1, allowed);
  EXPECT_THAT(later.punts, IsEmpty());
  EXPECT_THAT(later.ways, ElementsAre("2"));
  EXPECT_THAT(pass(1, refused).punts, IsEmpty());
}

TEST_F(Records, the_sender_has_records_of_its_own) {
  log_of_port(LogEvent::all, 1);
  const Seen seen = pass(1, allowed);
  EXPECT_THAT(seen.punts, ElementsAre(accepted_out));
  EXPECT_THAT(seen.ways, ElementsAre("2"));
  world.port(1, 1, {"10.0.0.1"}, [](model::Port& port) { port.security_groups.clear(); });
  EXPECT_THAT(pass(1, refused).punts, ElementsAre(Punt{PuntReason::dropped_out, port_id(1)}));
}

TEST_F(Records, what_an_instance_forges_is_recorded) {
  log_of_port(LogEvent::drop, 1);
  const std::vector<Packet> forged{
      udp(mac(7), mac(2), "10.0.0.1", "10.0.0.2"),        udp(mac(1), mac(2), "10.0.0.7", "10.0.0.2"),
      arp(2, {mac(1), "10.0.0.7"}, {mac(2), "10.0.0.2"}), udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2", 67, 68),
      solicitation(mac(1), "fe80::7", "fe80::2", mac(1)),
  };
  for (const Packet& packet : forged) {
    const Seen seen = pass(1, packet);
    EXPECT_THAT(seen.punts, ElementsAre(Punt{PuntReason::dropped_out, port_id(1)}));
    EXPECT_THAT(seen.ways, IsEmpty());
  }
  log_of_port(LogEvent::accept, 1);
  for (const Packet& packet : forged) EXPECT_THAT(pass(1, packet).punts, IsEmpty());
}

TEST_F(Records, of_stateless_groups_each_packet_that_passes_is_recorded) {
  world.group(1, false);
  log_of_port(LogEvent::all, 2);
  for (int i = 0; i < 2; ++i) {
    const Seen seen = pass(1, allowed);
    EXPECT_THAT(seen.punts, ElementsAre(accepted_in));
    EXPECT_THAT(seen.ways, ElementsAre("2"));
  }
  EXPECT_THAT(pass(1, refused).punts, ElementsAre(dropped_in));
  EXPECT_THAT(pass(2, answer).punts, ElementsAre(Punt{PuntReason::dropped_out, port_id(2)})) << "no rule lets it out";
}

// Ports with the same groups are asked once for all of them. Nothing answers to a broadcast, so each is recorded.
TEST_F(Records, of_a_broadcast_each_port_that_somebody_asks_about_has_its_record) {
  const auto in_group = [](model::Port& port) { port.security_groups = {group_id(1)}; };
  world.port(3, 1, {"10.0.0.3"}, in_group);
  world.port(4, 1, {"10.0.0.4"}, in_group);
  const auto sent = [](std::uint64_t port) {
    return udp(mac(1), broadcast, "10.0.0.1", "10.0.0.255", 4000, static_cast<std::uint16_t>(port));
  };
  const auto of_two = [](PuntReason reason) {
    return testing::UnorderedElementsAre(Punt{reason, port_id(2)}, Punt{reason, port_id(3)});
  };
  for (const bool stateful : {true, false}) {
    world.group(1, stateful);
    log_of_port(LogEvent::drop, 2);
    model::Log other;
    other.id = {uuid(12, 2)};
    other.target = port_id(3).uuid;
    other.event = LogEvent::all;
    world.put("log/" + other.id.text(), other);
    Seen seen = pass(1, sent(2001));
    EXPECT_THAT(seen.punts, of_two(PuntReason::dropped_in)) << stateful;
    EXPECT_THAT(seen.ways, IsEmpty());
    EXPECT_THAT(pass(1, sent(2000)).punts, ElementsAre(Punt{PuntReason::accepted_in, port_id(3)}));
    log_of_port(LogEvent::accept, 2);
    for (int i = 0; i < 2; ++i) {
      seen = pass(1, sent(2000));
      EXPECT_THAT(seen.punts, of_two(PuntReason::accepted_in)) << stateful;
      EXPECT_THAT(seen.ways, testing::UnorderedElementsAre("2", "3", "4"));
    }
    EXPECT_THAT(pass(1, sent(2001)).punts, ElementsAre(Punt{PuntReason::dropped_in, port_id(3)}));
    seen = pass(1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, "10.0.0.9"}));
    EXPECT_THAT(seen.punts, IsEmpty()) << "nobody is asked whether that may pass";
    EXPECT_THAT(seen.ways, testing::UnorderedElementsAre("2", "3", "4"));
  }
}

TEST_F(Records, a_log_is_of_a_port_a_group_a_port_in_a_group_or_a_project) {
  log(LogEvent::all, [](model::Log& row) { row.resource = group_id(1).uuid; });
  EXPECT_THAT(pass(1, refused).punts, ElementsAre(dropped_in));
  log(LogEvent::all, [](model::Log& row) { row.resource = group_id(0).uuid; });
  EXPECT_THAT(pass(1, refused).punts, ElementsAre(accepted_out));
  log(LogEvent::all, [](model::Log& row) {
    row.resource = group_id(0).uuid;
    row.target = port_id(2).uuid;
  });
  EXPECT_THAT(pass(1, refused).punts, IsEmpty());
  log(LogEvent::all, [](model::Log& row) {
    row.resource = group_id(1).uuid;
    row.target = port_id(2).uuid;
  });
  EXPECT_THAT(pass(1, refused).punts, ElementsAre(dropped_in));
  log(LogEvent::all, [](model::Log& row) { row.standard.project_id = "blue"; });
  EXPECT_THAT(pass(1, refused).punts, ElementsAre(accepted_out));
}

TEST_F(Records, the_agent_knows_who_asked) {
  log_of_port(LogEvent::drop, 2);
  EXPECT_EQ(world.tables().subjects.at(port_id(2)), (RecordSubject{"red", {}, {log_id}, 2}));
  EXPECT_FALSE(world.tables().subjects.contains(port_id(1)));
}

TEST_F(Records, they_pass_one_meter_that_the_configuration_sets) {
  world.facts.config.records_rate = 300;
  world.facts.config.records_burst = 40;
  log_of_port(LogEvent::all, 2);
  const Tables tables = world.tables();
  const wire::of::MeterSpec spec{wire::of::MeterSpec::Unit::packets, 300, 40};
  EXPECT_THAT(meters_beside_questions(tables), ElementsAre(domain::Meter::of_records));
  EXPECT_EQ(tables.meters.at(domain::Meter::of_records), spec);
  unsigned records = 0;
  for (const auto& [key, flow] : tables.flows)
    for (const auto& action : flow.actions)
      if (const auto* controller = std::get_if<wire::of::Controller>(&action)) {
        const auto punt = decode_punt(controller->userdata);
        if (!punt || is_question(punt->reason)) continue;
        ++records;
        EXPECT_EQ(controller->meter, domain::Meter::of_records);
      }
  EXPECT_EQ(records, 12U);
}

TEST_F(Records, whatever_came_and_went_the_flows_are_those_of_a_fresh_start) {
  const auto before = world.tables();
  log_of_port(LogEvent::all, 2);
  EXPECT_EQ(world.tables(), world.from_scratch());
  world.remove("log/" + log_id.text());
  EXPECT_EQ(world.tables(), before);
}

}  // namespace
}  // namespace tarn::render::test
