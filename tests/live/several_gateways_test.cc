// A router with two gateways. What is on the second network outside is a VLAN of the same wires, and speaks in the
// hands of the test: who calls by it is answered by it, and nobody else hears of that.
#include <boost/json.hpp>
#include <csignal>

#include "live/gateway_cloud.h"
#include "live/guest.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::uint16_t vlan_id = 77;
constexpr std::uint16_t calling_port = 7700;
constexpr std::uint16_t called_port = 8400;

std::string as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class SeveralGateways : public Gateway {
 protected:
  static void SetUpTestSuite() {
    Gateway::SetUpTestSuite();
    nic = new Nic(outside->nic());
    const json::object network{{"name", "second"},
                               {"router:external", true},
                               {"provider:network_type", "vlan"},
                               {"provider:physical_network", sandbox::physical_network},
                               {"provider:segmentation_id", vlan_id}};
    second = text_at(cloud->ask("POST", "/v2.0/networks", json::object{{"network", network}}).at("network"), "id");
    const json::object subnet{{"network_id", second},
                              {"ip_version", 4},
                              {"cidr", "192.0.2.0/24"},
                              {"gateway_ip", "192.0.2.1"},
                              {"enable_dhcp", false}};
    cloud->ask("POST", "/v2.0/subnets", json::object{{"subnet", subnet}});
  }
  static void TearDownTestSuite() {
    delete nic;
    nic = nullptr;
    Gateway::TearDownTestSuite();
  }

  static void each_second(const std::string& verb) {
    const json::object gateway{{"network_id", second}};
    cloud->ask("PUT", "/v2.0/routers/" + router + "/" + verb + "_external_gateways",
               json::object{{"router", json::object{{"external_gateways", json::array{gateway}}}}});
  }
  // By the second network.
  static Floating second_floating(const std::string& name) {
    const json::object given{{"floating_network_id", second}, {"port_id", instances.at(name).port_id}};
    const json::value made = cloud->ask("POST", "/v2.0/floatingips", json::object{{"floatingip", given}});
    const std::string id = text_at(made.at("floatingip"), "id");
    return {id, *Ip::parse(text_at(made.at("floatingip"), "floating_ip_address")), port_mac("network:floatingip", id)};
  }

  // The next hop of the second network says where it is, as it does from time to time: nobody asks it, since it does
  // not answer.
  static void announce_next_hop() { nic->send(tagged(arp_question(upstream, next_hop, next_hop), vlan_id)); }
  // Somebody far away, who comes by the second network.
  static void call(const Floating& called, const std::string& word) {
    nic->send(tagged(udp(upstream, far, called.mac, called.address, word, {calling_port, called_port}), vlan_id));
  }
  // That frame comes there which is from the called one, and to nobody but the next hop.
  static bool is_answered(const Floating& called, const std::string& word) {
    constexpr std::size_t tagged_header_bytes = 18;
    const Bytes answer =
        tagged(udp(called.mac, called.address, upstream, far, word, {called_port, calling_port}), vlan_id);
    return nic->hears(word) && nic->count(as_text(ByteView(answer).first(tagged_header_bytes))) > 0;
  }

  static inline Nic* nic = nullptr;
  static inline std::string second;
  static inline const Mac upstream{{0x02, 0x77, 0, 0, 0, 1}};
  static inline const Ip next_hop = *Ip::parse("192.0.2.1");
  static inline const Ip far = *Ip::parse("198.51.100.77");
};

TEST_F(SeveralGateways, AnswersLeaveByTheGatewayThatTheQuestionCameInBy) {
  each_second("add");
  const std::vector<std::string> names{"plain1", "named2"};
  std::map<std::string, Floating> doors;
  for (const std::string& name : names) doors.emplace(name, second_floating(name));
  settle();
  announce_next_hop();
  const Endpoint there{outside->internet(), 8401};
  Letters outer(outside->netns(), there);
  for (const std::string& name : names) {
    Letters inner(netns(name), {fixed(name), called_port});
    call(doors.at(name), "to " + name);
    ASSERT_EQ(inner.hears("to " + name), (Endpoint{far, calling_port})) << name;
    inner.send({far, calling_port}, "by " + name);
    EXPECT_TRUE(is_answered(doors.at(name), "by " + name)) << name;
    // What begins inside leaves by the first, and so do answers to what came in there.
    EXPECT_TRUE(get_through(inner, there, outer, "of " + name)) << name;
    EXPECT_EQ(outer.hears("of " + name)->ip, seen_as(name)) << name;
    if (!floating.contains(name)) continue;
    EXPECT_TRUE(get_through(outer, {seen_as(name), called_port}, inner, "for " + name)) << name;
    inner.send(there, "back from " + name);
    EXPECT_EQ(outer.hears("back from " + name)->ip, seen_as(name)) << name;
  }
  // So it is while agents and the server are away, and after it.
  for (const int host : {1, 2, 3}) cloud->host(host).stop(sandbox::agent_name, SIGKILL);
  cloud->sandbox().stop_server(SIGKILL);
  for (const std::string& name : names) {
    Letters inner(netns(name), {fixed(name), called_port});
    call(doors.at(name), "again to " + name);
    ASSERT_TRUE(inner.hears("again to " + name).has_value()) << name;
    inner.send({far, calling_port}, "again by " + name);
    EXPECT_TRUE(is_answered(doors.at(name), "again by " + name)) << name;
  }
  for (const int host : {1, 2, 3}) ASSERT_TRUE(cloud->host(host).start_agent().has_value());
  ASSERT_TRUE(cloud->sandbox().start_server().has_value());
  settle();
  for (const auto& [name, door] : doors) cloud->ask("DELETE", "/v2.0/floatingips/" + door.id);
  each_second("remove");
  settle();
  EXPECT_TRUE(reaches(*cloud, "plain1", outside->internet().text()));
}

TEST_F(SeveralGateways, ComingAndGoingDisturbsNobody) {
  nothing_is_lost([] {
    for (int round = 0; round < 3; ++round) {
      each_second("add");
      const Floating door = second_floating("plain1");
      settle();
      cloud->ask("DELETE", "/v2.0/floatingips/" + door.id);
      each_second("remove");
      settle();
    }
  });
}

}  // namespace
}  // namespace tarn::testing
