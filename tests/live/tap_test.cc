// Copies of a port's traffic on real Open vSwitch: for a listener beside it, for one on another host, and for an
// address outside; of what is asked for and of nobody else's, while neither the traffic nor those who listen notice
// what happens to the control plane.
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>

#include "live/guest.h"
#include "live/traffic.h"
#include "sandbox/fabric.h"
#include "wire/packet/frame.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class Taps : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    const std::string seen = cloud->make_network("seen", "10.7.0.0/24");
    const std::string listening = cloud->make_network("listening", "10.8.0.0/24");
    for (const auto& [name, network, host] :
         {std::tuple("watched", seen, 1), std::tuple("beside", seen, 1), std::tuple("afar", seen, 2),
          std::tuple("listener1", listening, 1), std::tuple("listener2", listening, 2)})
      boot(*cloud, name, network, host);
    ASSERT_TRUE(cloud->await_all_active(60s));
    ASSERT_TRUE(hosts_meet(*cloud));
    ASSERT_TRUE(reaches(*cloud, "watched", instance("afar").addresses.front()));
    for (const char* name : {"listener1", "listener2"}) services.push_back(make_service(instance(name).port_id));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
    services.clear();
  }
  void TearDown() override {
    for (const std::string& path : made) cloud->ask("DELETE", path);
    settle();
  }

  static const sandbox::Instance& instance(const std::string& name) {
    return cloud->sandbox().state().instances.at(name);
  }
  static std::string make_service(const std::string& port) {
    const json::object given{{"port_id", port}};
    return text_at(
        cloud->ask("POST", "/v2.0/taas/tap_services", json::object{{"tap_service", given}}).at("tap_service"), "id");
  }
  void copy(const std::string& service, const std::string& direction) {
    const json::object given{
        {"tap_service_id", service}, {"source_port", instance("watched").port_id}, {"direction", direction}};
    const json::value flow = cloud->ask("POST", "/v2.0/taas/tap_flows", json::object{{"tap_flow", given}});
    made.push_back("/v2.0/taas/tap_flows/" + text_at(flow.at("tap_flow"), "id"));
  }
  void mirror(const std::string& type, json::object directions,
              const std::string& remote = sandbox::Layout::tunnel_address(2).text()) {
    const json::object given{{"port_id", instance("watched").port_id},
                             {"directions", std::move(directions)},
                             {"remote_ip", remote},
                             {"mirror_type", type}};
    const json::value mirror = cloud->ask("POST", "/v2.0/taas/tap_mirrors", json::object{{"tap_mirror", given}});
    made.push_back("/v2.0/taas/tap_mirrors/" + text_at(mirror.at("tap_mirror"), "id"));
  }
  static void settle() {
    for (const int host : {1, 2}) ASSERT_TRUE(in_sync(*cloud, host));
  }
  static Guest guest(const std::string& name) { return guest_of(*cloud, instance(name)); }
  static TrafficPair pair(const std::string& from, const std::string& to) {
    const auto& layout = cloud->sandbox().layout();
    return {from + " and " + to, layout.instance_namespace(from), layout.instance_namespace(to),
            *Ip::parse(instance(from).addresses.front()), *Ip::parse(instance(to).addresses.front())};
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::vector<std::string> services;  // of listener1, of listener2
  std::vector<std::string> made;                    // paths of what this test made
};

// Frame by frame: an instance's kernel says of a datagram for a port that nobody has opened that it came, quoting it.
std::string whole(const Bytes& frame) {
  return {reinterpret_cast<const char*>(frame.data()), frame.size()};
}

TEST_F(Taps, AListenerHearsWhatThePortSendsAndGetsAndNothingElse) {
  for (const std::string& service : services) copy(service, "BOTH");
  settle();
  Guest watched = guest("watched"), beside = guest("beside"), afar = guest("afar");
  Guest listeners[] = {guest("listener1"), guest("listener2")};
  beside.nic.send(udp(beside, afar, "between others"));
  afar.nic.send(udp(afar, beside, "between others"));
  std::vector<Bytes> frames;
  for (Guest* other : {&beside, &afar}) {
    frames.push_back(udp(watched, *other, "said"));
    watched.nic.send(frames.back());
    EXPECT_TRUE(other->nic.hears(whole(frames.back())));
    frames.push_back(udp(*other, watched, "answered"));
    other->nic.send(frames.back());
    EXPECT_TRUE(watched.nic.hears(whole(frames.back())));
  }
  for (Guest& listener : listeners)
    for (const Bytes& frame : frames) EXPECT_TRUE(listener.nic.hears(whole(frame))) << listener.instance.name;
  watched.nic.send(udp(watched, beside, "the last word"));
  for (Guest& listener : listeners) {
    EXPECT_TRUE(listener.nic.hears("the last word")) << listener.instance.name;
    EXPECT_EQ(listener.nic.count("between others"), 0U) << listener.instance.name;
    for (const Bytes& frame : frames) EXPECT_EQ(listener.nic.count(whole(frame)), 1U) << listener.instance.name;
  }
}

TEST_F(Taps, OneDirectionIsOneDirection) {
  copy(services[0], "IN");
  copy(services[1], "OUT");
  settle();
  Guest watched = guest("watched"), afar = guest("afar");
  Guest gets = guest("listener1"), sends = guest("listener2");
  std::vector<Bytes> out, in;
  for (const std::string word : {"first", "second"}) {
    out.push_back(udp(watched, afar, word));
    in.push_back(udp(afar, watched, word));
    watched.nic.send(out.back());
    EXPECT_TRUE(sends.nic.hears(whole(out.back())));
    afar.nic.send(in.back());
    EXPECT_TRUE(gets.nic.hears(whole(in.back())));
  }
  EXPECT_EQ(gets.nic.count(whole(out.front())), 0U);
  EXPECT_EQ(sends.nic.count(whole(in.front())), 0U);
}

// RFC 2784 and RFC 2890: what stands before a copy, behind the header of IP.
Bytes gre_head(std::uint32_t key) {
  ByteWriter head;
  head.u16(0x2000).u16(0x6558).u32(key);
  return std::move(head).finish();
}
// draft-foschiano-erspan-03 section 4.2, of session 513.
const Bytes erspan_head{0x10, 0x00, 0x02, 0x01, 0, 0, 0, 0};

std::string behind(const Bytes& head, const Bytes& frame) {
  return whole(head) + whole(frame);
}

TEST_F(Taps, CopiesForAnAddressOutsideHaveTheirKey) {
  mirror("gre", {{"OUT", 70'001}, {"IN", 70'002}});
  mirror("erspanv1", {{"OUT", 513}});
  settle();
  Guest watched = guest("watched"), beside = guest("beside");
  Nic underlay(cloud->sandbox().layout().fabric_namespace(), "u1");  // where host 1 comes in
  const Bytes out = udp(watched, beside, "said by the watched");
  const Bytes in = udp(beside, watched, "heard by the watched");
  // The first packets by a tunnel are lost, until the switch knows who has the address.
  EXPECT_TRUE(await([&] { return watched.nic.send(out), underlay.hears(behind(gre_head(70'001), out), 200ms); }));
  EXPECT_TRUE(await([&] { return beside.nic.send(in), underlay.hears(behind(gre_head(70'002), in), 200ms); }));
  EXPECT_TRUE(await([&] { return watched.nic.send(out), underlay.hears(behind(erspan_head, out), 200ms); }));
  EXPECT_EQ(underlay.count(behind(gre_head(70'001), in)), 0U);
  EXPECT_EQ(underlay.count(behind(gre_head(70'002), out)), 0U);
}

// Beside one for an IPv4 address, and of what came in by a tunnel over IPv4.
TEST_F(Taps, CopiesGoToIPv6AddressesToo) {
  const auto& layout = cloud->sandbox().layout();
  for (const int host : {1, 2}) {
    const std::string address = "2001:db8:77::" + std::to_string(host) + "/64";
    ASSERT_TRUE(sandbox::must_run(sandbox::ip_in(
        layout.host_namespace(host), {"addr", "replace", address, "dev", sandbox::underlay_bridge, "nodad"})));
  }
  const std::string far = "2001:db8:77::2";
  mirror("gre", {{"OUT", 70'004}, {"IN", 70'005}}, far);
  mirror("erspanv1", {{"OUT", 513}}, far);
  mirror("gre", {{"OUT", 70'006}, {"IN", 70'007}});
  settle();
  Guest watched = guest("watched"), afar = guest("afar");
  Nic underlay(layout.fabric_namespace(), "u1");
  const Bytes out = udp(watched, afar, "said by the watched");
  const Bytes in = udp(afar, watched, "heard by the watched");
  for (const Bytes& head : {gre_head(70'004), gre_head(70'006)})
    EXPECT_TRUE(await([&] { return watched.nic.send(out), underlay.hears(behind(head, out), 200ms); }));
  // The kernel's datapath reads the class of service from the copy as if that were of IPv6.
  const std::uint8_t services = LiveCloud::datapath() == sandbox::Datapath::kernel ? 8 : 1;
  EXPECT_TRUE(await([&] {
    watched.nic.send(out);
    Bytes head = erspan_head;
    for (std::uint8_t service = 0; service < services; ++service) {
      head[2] = static_cast<std::uint8_t>(service << 5 | erspan_head[2]);
      if (underlay.hears(behind(head, out), 20ms)) return true;
    }
    return false;
  }));
  for (const Bytes& head : {gre_head(70'005), gre_head(70'007)})
    EXPECT_TRUE(await([&] { return afar.nic.send(in), underlay.hears(behind(head, in), 200ms); }));
  EXPECT_TRUE(afar.nic.hears(whole(out)));
  EXPECT_TRUE(watched.nic.hears(whole(in)));
  const Bytes last = udp(afar, watched, "the last word");
  afar.nic.send(last);
  EXPECT_TRUE(watched.nic.hears(whole(last)));
  for (const std::uint32_t key : {70'005U, 70'007U}) {
    EXPECT_TRUE(underlay.hears(behind(gre_head(key), last)));
    EXPECT_EQ(underlay.count(behind(gre_head(key), last)), 1U);
  }
}

TEST_F(Taps, NeitherTrafficNorListenersNoticeWhoStartsToListen) {
  Result<std::unique_ptr<Traffic>> traffic =
      Traffic::start(*cloud, {pair("watched", "beside"), pair("watched", "afar")});
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  for (int i = 0; i < 10; ++i) {
    copy(services[static_cast<std::size_t>(i) % 2], i % 3 == 0 ? "OUT" : "BOTH");
    settle();
    cloud->ask("DELETE", made.back());
    made.pop_back();
    settle();
  }
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_GT(loss.probes_sent, 500U) << loss.name;
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
}

TEST_F(Taps, TheAgentMayDieAndCopiesGoOn) {
  for (const std::string& service : services) copy(service, "BOTH");
  mirror("gre", {{"OUT", 70'003}});
  settle();
  Guest watched = guest("watched"), afar = guest("afar");
  Guest listeners[] = {guest("listener1"), guest("listener2")};
  for (const int host : {1, 2}) cloud->host(host).stop(sandbox::agent_name, SIGKILL);
  watched.nic.send(udp(watched, afar, "while nobody watches the watchers"));
  for (Guest& listener : listeners) EXPECT_TRUE(listener.nic.hears("while nobody")) << listener.instance.name;
  for (const int host : {1, 2}) {
    ASSERT_TRUE(cloud->host(host).start_agent(cloud->host(host).agent_program()).has_value());
    ASSERT_TRUE(in_sync(*cloud, host));
    EXPECT_EQ(cloud->ask_agent(host, "stats").at("writes_attempted").to_number<std::int64_t>(), 0) << host;
  }
  afar.nic.send(udp(afar, watched, "and after they are back"));
  for (Guest& listener : listeners) EXPECT_TRUE(listener.nic.hears("and after")) << listener.instance.name;
}

// What comes by a VNI is for whom it is now: never for a port that listened before.
TEST_F(Taps, WhoDoesNotListenAnyMoreHearsNothing) {
  copy(services[1], "BOTH");
  settle();
  Guest watched = guest("watched"), afar = guest("afar"), listener = guest("listener2");
  watched.nic.send(udp(watched, afar, "while it listens"));
  EXPECT_TRUE(listener.nic.hears("while it listens"));
  cloud->ask("DELETE", made.back());
  made.pop_back();
  settle();
  watched.nic.send(udp(watched, afar, "when it does not"));
  EXPECT_TRUE(afar.nic.hears("when it does not"));
  copy(services[1], "BOTH");
  settle();
  watched.nic.send(udp(watched, afar, "when it does again"));
  EXPECT_TRUE(listener.nic.hears("when it does again"));
  EXPECT_EQ(listener.nic.count("when it does not"), 0U);
}

}  // namespace
}  // namespace tarn::testing
