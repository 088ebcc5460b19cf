// Tap services, tap flows and tap mirrors: whom one may listen to, by which numbers, and what goes with what.
#include <set>

#include "admission.h"
#include "model/codec.h"

namespace tarn::model {
namespace {

using boost::json::object;
using test::admin;
using test::code;
using test::Desk;
using test::Given;
using test::message;
using test::reason;
using test::tenant;

class Taps : public ::testing::Test {
 protected:
  PortId port(Given given = {}) { return desk.port(network, std::move(given)).value(); }
  Result<Uuid> service(PortId port, Given given = {}) {
    given["port"] = port.text();
    return desk.create(Kind::tap_service, std::move(given));
  }
  Result<Uuid> flow(const Uuid& service, PortId source, Given given = {}) {
    given["service"] = service.text();
    given["source"] = source.text();
    given.emplace("direction", "both");
    return desk.create(Kind::tap_flow, std::move(given));
  }
  Result<Uuid> mirror(PortId port, object directions, std::string type = "gre") {
    return desk.create(
        Kind::tap_mirror,
        {{"port", port.text()}, {"remote", "192.0.2.9"}, {"type", type}, {"directions", std::move(directions)}});
  }
  std::string change(Kind kind, const Uuid& id, Given given) {
    return reason(desk.run({{Verb::update, kind, id, std::move(given), std::nullopt}}));
  }
  std::string remove(Kind kind, const Uuid& id) {
    return reason(desk.run({{Verb::remove, kind, id, {}, std::nullopt}}));
  }
  template <class R>
  const R& at(const Uuid& id) {
    return **desk.cloud.find<R>(id);
  }
  template <class R>
  bool is_there(const Uuid& id) {
    return desk.cloud.find<R>(id) != nullptr;
  }
  std::string adopt(const Row& row) {
    return reason(desk.run({{Verb::adopt, kind_of(row), id_of(row), to_json(row), std::nullopt}}));
  }

  Desk desk;
  NetworkId network = desk.network().value();
};

TEST_F(Taps, AServiceHasANumberThatNoNetworkHas) {
  desk.limits.vni = {1, 8};
  std::set<std::uint32_t> numbers;
  for (int i = 0; i < 4; ++i) {
    const Uuid id = service(port()).value();
    EXPECT_TRUE(numbers.insert(at<TapService>(id).segmentation_id).second);
    EXPECT_EQ(desk.cloud.owner_of(Snapshot::segment_of(at<TapService>(id))), id);
  }
  while (const auto id = desk.network()) EXPECT_FALSE(numbers.contains(desk.at(*id).segmentation_id));
  EXPECT_EQ(reason(service(port())), "NoNetworkAvailable");
  desk.caller = admin();
  EXPECT_EQ(reason(desk.network({{"type", "vxlan"}, {"segmentation_id", *numbers.begin()}})), "TunnelIdInUse");
}

TEST_F(Taps, TheNumberOfAServiceThatWentIsFreeAgain) {
  desk.limits.vni = {desk.at(network).segmentation_id, desk.at(network).segmentation_id + 1};
  const Uuid id = service(port()).value();
  EXPECT_EQ(reason(service(port())), "NoNetworkAvailable");
  ASSERT_EQ(remove(Kind::tap_service, id), "admitted");
  EXPECT_EQ(reason(service(port())), "admitted");
}

TEST_F(Taps, AServiceIsForAPortOfItsProject) {
  const PortId own = port();
  desk.caller = tenant("green");
  EXPECT_EQ(reason(service(own)), "PortNotFound");
  EXPECT_EQ(reason(service({desk.next_id()})), "PortNotFound");
  desk.caller = admin();
  const auto foreign = service(own);
  EXPECT_EQ(reason(foreign), "PortDoesNotBelongToTenant");
  EXPECT_EQ(code(foreign), ErrorCode::forbidden);
  EXPECT_EQ(reason(service(own, {{"project_id", "blue"}})), "admitted");
}

TEST_F(Taps, AFlowIsForAServiceOfItsProjectAndFromAPortOfItsProjectUnlessAnAdministratorAsks) {
  const PortId own = port();
  const Uuid sink = service(port()).value();
  EXPECT_EQ(reason(flow(sink, own)), "admitted");
  EXPECT_EQ(reason(flow(sink, {desk.next_id()})), "PortNotFound");
  EXPECT_EQ(reason(flow(desk.next_id(), own)), "TapServiceNotFound");
  desk.caller = admin();
  const auto other = flow(sink, own);
  EXPECT_EQ(reason(other), "TapServiceNotBelongToTenant");
  EXPECT_EQ(code(other), ErrorCode::forbidden);

  const NetworkId shared = desk.network({{"shared", true}, {"project_id", "green"}}).value();
  const PortId foreign = desk.port(shared, {{"project_id", "green"}}).value();
  EXPECT_EQ(reason(flow(sink, foreign, {{"project_id", "blue"}})), "admitted");
  desk.caller = tenant();
  EXPECT_NE(reason(flow(sink, foreign)), "admitted");
}

// The owner of a network sees the ports that others have on it, and may listen to none of them.
TEST_F(Taps, WhoSeesAPortMayStillNotListenToIt) {
  desk.caller = admin();
  const PortId guest = port({{"project_id", "green"}});
  desk.caller = tenant();
  const Uuid sink = service(port()).value();
  EXPECT_EQ(reason(flow(sink, guest)), "PortDoesNotBelongToTenant");
  EXPECT_EQ(reason(mirror(guest, {{"in", 1}})), "PortDoesNotBelongToTenant");
  EXPECT_EQ(reason(service(guest)), "PortDoesNotBelongToTenant");
}

TEST_F(Taps, AFlowMayNameVlans) {
  const Uuid sink = service(port()).value();
  const PortId source = port();
  const Uuid id = flow(sink, source, {{"vlan_filter", "9,18,27-36"}, {"direction", "in"}}).value();
  EXPECT_EQ(at<TapFlow>(id).vlan_filter, "9,18,27-36");
  EXPECT_EQ(at<TapFlow>(id).direction, TapDirection::in);
  EXPECT_EQ(at<TapFlow>(flow(sink, source).value()).vlan_filter, std::nullopt);
  EXPECT_EQ(reason(flow(sink, source, {{"vlan_filter", "9,"}})), "InvalidInput");
  EXPECT_EQ(reason(flow(sink, source, {{"vlan_filter", "4096"}})), "InvalidInput");
  EXPECT_EQ(reason(flow(sink, source, {{"vlan_filter", ""}})), "InvalidInput");
}

TEST_F(Taps, WhatIsCopiedWhereStaysAsItWasMade) {
  const Uuid sink = service(port()).value();
  const Uuid copies = flow(sink, port()).value();
  const Uuid outside = mirror(port(), {{"in", 1}}).value();
  const std::string other = port().text();
  EXPECT_EQ(change(Kind::tap_service, sink, {{"port", other}}), "InvalidInput");
  EXPECT_EQ(change(Kind::tap_service, sink, {{"segmentation_id", 5}}), "InvalidInput");
  EXPECT_EQ(change(Kind::tap_flow, copies, {{"source", other}}), "InvalidInput");
  EXPECT_EQ(change(Kind::tap_flow, copies, {{"vlan_filter", "5"}}), "InvalidInput");
  EXPECT_EQ(change(Kind::tap_mirror, outside, {{"directions", object{{"in", 2}}}}), "InvalidInput");
  const std::uint32_t number = at<TapService>(sink).segmentation_id;
  for (const auto& [kind, id] :
       {std::pair(Kind::tap_service, sink), {Kind::tap_flow, copies}, {Kind::tap_mirror, outside}})
    EXPECT_EQ(change(kind, id, {{"name", "n"}, {"description", "d"}}), "admitted");
  EXPECT_EQ(at<TapService>(sink).segmentation_id, number);
  EXPECT_EQ(at<TapMirror>(outside).key_in, 1U);
}

TEST_F(Taps, AMirrorHasAKeyForEachDirectionThatIsCopied) {
  const TapMirror some = at<TapMirror>(mirror(port(), {{"in", 0}, {"both", 0xffffffff}}).value());
  EXPECT_EQ(some.key_in, 0U);
  EXPECT_EQ(some.key_out, std::nullopt);
  EXPECT_EQ(some.key_both, 0xffffffffU);
  EXPECT_EQ(at<TapMirror>(mirror(port(), {{"out", 7}}).value()).key_out, 7U);
  EXPECT_EQ(reason(mirror(port(), {})), "InvalidInput");
  EXPECT_EQ(reason(mirror(port(), {{"up", 8}})), "InvalidInput");
  EXPECT_EQ(reason(mirror(port(), {{"in", 8}, {"up", 9}})), "InvalidInput");
  EXPECT_EQ(reason(mirror(port(), {{"in", "8"}})), "InvalidInput");
  EXPECT_EQ(reason(mirror(port(), {{"in", 0x100000000}})), "InvalidInput");
  EXPECT_EQ(reason(desk.create(Kind::tap_mirror, {{"port", port().text()}, {"remote", "192.0.2.9"}})), "InvalidInput");
  EXPECT_EQ(reason(mirror({desk.next_id()}, {{"in", 8}})), "PortNotFound");
}

TEST_F(Taps, TheSessionsOfErspanAreTenBits) {
  EXPECT_EQ(reason(mirror(port(), {{"in", 1023}}, "erspan_v1")), "admitted");
  EXPECT_EQ(reason(mirror(port(), {{"out", 1024}}, "erspan_v1")), "InvalidInput");
  EXPECT_EQ(reason(mirror(port(), {{"out", 1024}})), "admitted");
}

TEST_F(Taps, AKeyIsOneMirrorsWhateverItsDirection) {
  const Uuid first = mirror(port(), {{"in", 1}, {"out", 2}, {"both", 3}}).value();
  for (const char* direction : {"in", "out", "both"}) {
    for (const int key : {1, 2, 3}) {
      const auto second = mirror(port(), {{direction, key}});
      EXPECT_EQ(reason(second), "TapMirrorTunnelConflict");
      EXPECT_EQ(code(second), ErrorCode::conflict);
      EXPECT_EQ(message(second), "Tap Mirror with tunnel_id " + std::to_string(key) + " already exists.");
    }
  }
  ASSERT_EQ(remove(Kind::tap_mirror, first), "admitted");
  EXPECT_EQ(reason(mirror(port(), {{"both", 2}})), "admitted");
}

TEST_F(Taps, AServiceTakesItsFlowsAlong) {
  const Uuid sink = service(port()).value();
  const Uuid other = service(port()).value();
  const Uuid gone = flow(sink, port()).value();
  const Uuid left = flow(other, port()).value();
  EXPECT_EQ(remove(Kind::tap_service, sink), "admitted");
  EXPECT_FALSE(is_there<TapFlow>(gone));
  EXPECT_TRUE(is_there<TapFlow>(left));
  EXPECT_EQ(remove(Kind::tap_flow, left), "admitted");
  EXPECT_TRUE(is_there<TapService>(other));
}

TEST_F(Taps, APortTakesWhateverWatchesItAlong) {
  const PortId watched = port();
  const PortId sink = port();
  const Uuid to_sink = service(sink).value();
  const Uuid to_watched = service(watched).value();
  const Uuid from_watched = flow(to_sink, watched).value();
  const Uuid from_sink = flow(to_watched, sink).value();
  const Uuid from_itself = flow(to_watched, watched).value();
  const Uuid outside = mirror(watched, {{"in", 1}}).value();
  const Uuid left = mirror(sink, {{"in", 2}}).value();
  ASSERT_TRUE(desk.remove(watched).has_value());
  EXPECT_FALSE(is_there<TapService>(to_watched));
  for (const Uuid& id : {from_watched, from_sink, from_itself}) EXPECT_FALSE(is_there<TapFlow>(id));
  EXPECT_FALSE(is_there<TapMirror>(outside));
  EXPECT_TRUE(is_there<TapService>(to_sink));
  EXPECT_TRUE(is_there<TapMirror>(left));
}

TEST_F(Taps, ANetworkTakesWhatWatchesItsOwnPortsAlong) {
  const PortId agents = port({{"device_owner", "network:dhcp"}});
  const Uuid sink = service(agents).value();
  const Uuid outside = mirror(agents, {{"in", 1}}).value();
  ASSERT_TRUE(desk.remove(network).has_value());
  EXPECT_FALSE(is_there<TapService>(sink));
  EXPECT_FALSE(is_there<TapMirror>(outside));
  EXPECT_TRUE(desk.cloud.segments().empty());
}

TEST_F(Taps, AnAdoptedServiceGetsANumberHereAndKeepsIt) {
  TapService foreign;
  foreign.id = {desk.next_id()};
  foreign.port = port();
  foreign.segmentation_id = desk.at(network).segmentation_id;
  desk.caller = admin();
  ASSERT_EQ(adopt(foreign), "admitted");
  const std::uint32_t number = at<TapService>(foreign.id.uuid).segmentation_id;
  EXPECT_NE(number, foreign.segmentation_id);
  EXPECT_TRUE(number >= desk.limits.vni.first && number <= desk.limits.vni.last) << number;
  EXPECT_EQ(desk.cloud.owner_of(Snapshot::segment_of(desk.at(network))), network.uuid);
  ASSERT_EQ(adopt(foreign), "admitted");
  EXPECT_TRUE(desk.last.empty()) << "adopted twice is adopted once";
  foreign.port = {desk.next_id()};
  EXPECT_EQ(adopt(foreign), "AdoptedRowRefersToNothing");
}

TEST_F(Taps, AnAdoptedNetworkHasItsNumberBeforeAServiceHasIt) {
  const Uuid sink = service(port()).value();
  Network foreign = desk.at(network);
  foreign.id = {desk.next_id()};
  foreign.segmentation_id = at<TapService>(sink).segmentation_id;
  desk.caller = admin();
  ASSERT_EQ(adopt(foreign), "admitted");
  EXPECT_NE(at<TapService>(sink).segmentation_id, foreign.segmentation_id);
  EXPECT_EQ(desk.cloud.owner_of(Snapshot::segment_of(foreign)), foreign.id.uuid);
  EXPECT_EQ(desk.cloud.owner_of(Snapshot::segment_of(at<TapService>(sink))), sink);
  Network third = foreign;
  third.id = {desk.next_id()};
  EXPECT_EQ(adopt(third), "AdoptedRowConflicts");
}

}  // namespace
}  // namespace tarn::model
