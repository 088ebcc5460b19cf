// Where isolation is easily forgotten: packets in pieces, two networks whose connections have the same addresses and
// ports, a tap that nobody has wired yet, and one that was somebody else's before.
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>

#include "live/guest.h"
#include "wire/packet/checksum.h"

namespace tarn::testing {
namespace {

namespace json = boost::json;
namespace packet = wire::packet;

constexpr packet::UdpPorts permitted{4000, 5000};
constexpr std::size_t piece_bytes =
    1376;  // of eight; what a tunnel carries, and more than the 1,200 the switch demands

// The frame in pieces (RFC 791 section 3.2), each with its own header.
std::vector<Bytes> in_pieces(const Bytes& whole, std::uint16_t identification) {
  constexpr std::size_t headers = 14 + 20;
  const ByteView payload = ByteView(whole).subspan(headers);
  std::vector<Bytes> pieces;
  for (std::size_t from = 0; from < payload.size(); from += piece_bytes) {
    const ByteView part = payload.subspan(from, std::min(piece_bytes, payload.size() - from));
    const bool more = from + part.size() < payload.size();
    ByteWriter writer;
    writer.put(ByteView(whole).first(headers)).put(part);
    writer.patch_u16(14 + 2, static_cast<std::uint16_t>(20 + part.size()));
    writer.patch_u16(14 + 4, identification);
    writer.patch_u16(14 + 6, static_cast<std::uint16_t>((more ? 0x2000U : 0U) | from / 8));
    writer.patch_u16(14 + 10, 0);
    writer.patch_u16(14 + 10, packet::InternetSum().add(writer.view().subspan(14, 20)).value());
    pieces.push_back(std::move(writer).finish());
  }
  return pieces;
}

// A datagram of two pieces: the first says "WORD begins", the second "WORD ends".
std::string long_words(const std::string& word) {
  return word + " begins" + std::string(2000, '.') + word + " ends";
}

class Borders : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    red = cloud->make_network("red", "10.5.0.0/24");
    blue = cloud->make_network("blue", "10.5.0.0/24");
    open_group = make_group("open", {some_ports.to, permitted.to});
    closed_group = make_group("closed", {some_ports.to});
    any_port_group = make_group("any port", {});
    ASSERT_TRUE(hosts_meet(*cloud));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }

  // Its members may say what they like, and get UDP for these ports; none: for all.
  static std::string make_group(const std::string& name, const std::vector<int>& ports) {
    const json::object wish{{"name", name}};
    const json::value made = cloud->ask("POST", "/v2.0/security-groups", json::object{{"security_group", wish}});
    const std::string id = text_at(made.at("security_group"), "id");
    json::object rule{{"security_group_id", id}, {"direction", "ingress"}, {"ethertype", "IPv4"}, {"protocol", "udp"}};
    const auto let_in = [&] {
      cloud->ask("POST", "/v2.0/security-group-rules", json::object{{"security_group_rule", rule}});
    };
    if (ports.empty()) let_in();
    for (const int port : ports) {
      for (const char* end : {"port_range_min", "port_range_max"}) rule[end] = port;
      let_in();
    }
    return id;
  }
  static Guest guest(const std::string& name, const std::string& network, int host, const std::string& group) {
    Guest made = testing::guest(*cloud, name, network, host);
    cloud->ask("PUT", "/v2.0/ports/" + made.instance.port_id,
               json::object{{"port", json::object{{"security_groups", json::array{group}}}}});
    for (const int each : {1, 2}) EXPECT_TRUE(in_sync(*cloud, each));
    return made;
  }
  static void send(const Guest& from, const std::vector<Bytes>& frames) {
    for (const Bytes& frame : frames) from.nic.send(frame);
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string red, blue, open_group, closed_group, any_port_group;
};

TEST_F(Borders, ADatagramInPiecesPassesWholeOrNotAtAll) {
  Guest speaker = guest("speaker", red, 1, closed_group);
  std::uint16_t identification = 1;
  for (const int host : {1, 2}) {
    Guest open = guest("open" + std::to_string(host), red, host, any_port_group);
    Guest closed = guest("closed" + std::to_string(host), red, host, closed_group);
    const auto pieces = [&](const Guest& listener, const std::string& word) {
      return in_pieces(udp(speaker, listener, long_words(word), permitted), identification++);
    };
    send(speaker, pieces(closed, "forbidden"));
    send(speaker, {pieces(closed, "forbidden").at(1)});
    send(speaker, {pieces(open, "headless").at(1)});
    const std::vector<Bytes> backwards = pieces(open, "backwards");
    send(speaker, {backwards.at(1), backwards.at(0)});
    send(speaker, pieces(open, "permitted"));
    for (const char* word : {"permitted", "backwards"}) {
      EXPECT_TRUE(open.nic.hears(std::string(word) + " begins")) << host;
      EXPECT_TRUE(open.nic.hears(std::string(word) + " ends")) << host;
    }
    all_hear(speaker, {&open, &closed}, "speaker ends at host " + std::to_string(host));
    EXPECT_EQ(closed.nic.count("forbidden"), 0U) << host;
    EXPECT_EQ(open.nic.count("headless"), 0U) << host;
  }
}

TEST_F(Borders, AConnectionOfOneNetworkIsNoneOfAnotherWithTheSameAddressesAndPorts) {
  Guest red1 = guest("red1", red, 1, closed_group);
  Guest red2 = guest("red2", red, 2, open_group);
  Guest red3 = guest("red3", red, 1, open_group);
  Guest blue1 = guest("blue1", blue, 1, closed_group);
  Guest blue2 = guest("blue2", blue, 2, closed_group);
  Guest blue3 = guest("blue3", blue, 1, closed_group);
  // Both networks give addresses in the same order, but red has had guests before.
  const auto as_in_red = [](Guest& guest, const Guest& of) {
    cloud->ask("PUT", "/v2.0/ports/" + guest.instance.port_id,
               json::object{{"port", json::object{{"fixed_ips", json::array{{{"ip_address", of.ip.text()}}}}}}});
    guest.ip = of.ip;
  };
  as_in_red(blue1, red1);
  as_in_red(blue2, red2);
  as_in_red(blue3, red3);
  for (const int host : {1, 2}) EXPECT_TRUE(in_sync(*cloud, host));
  const packet::UdpPorts answer{permitted.to, permitted.from};
  const packet::UdpPorts asked{4002, permitted.to};
  for (const auto& [red_peer, blue_peer] : {std::pair(&red2, &blue2), {&red3, &blue3}}) {
    const std::string name = " " + red_peer->instance.name;
    red1.nic.send(udp(red1, *red_peer, "red asks" + name, permitted));
    EXPECT_TRUE(red_peer->nic.hears("red asks" + name));
    // In blue nobody has asked, so that this answers nothing.
    blue_peer->nic.send(udp(*blue_peer, blue1, "blue answers" + name, answer));
    red_peer->nic.send(udp(*red_peer, red1, "red answers" + name, answer));
    EXPECT_TRUE(red1.nic.hears("red answers" + name));
    all_hear(*blue_peer, {&blue1}, "blue answered" + name);
    // With ports of their own: to what a peer has sent, any answer passes.
    blue1.nic.send(udp(blue1, *blue_peer, "blue asks" + name, asked));
    red1.nic.send(udp(red1, *red_peer, "red asks more" + name, asked));
    EXPECT_TRUE(red_peer->nic.hears("red asks more" + name));
    blue1.nic.send(udp(blue1, *blue_peer, "blue asks" + name, asked));
    all_hear(blue1, {blue_peer}, "blue1 ends" + name);
    all_hear(red1, {red_peer}, "red1 ends" + name);
    EXPECT_EQ(blue_peer->nic.count("asks"), 0U) << name;
    EXPECT_EQ(blue1.nic.count("answers"), 0U) << name;
    EXPECT_EQ(red_peer->nic.count("blue asks"), 0U) << name;
  }
  EXPECT_EQ(red1.nic.count("blue"), 0U);
}

TEST_F(Borders, ATapThatNobodyHasWiredYetHearsAndReachesNobody) {
  Guest here = guest("here", red, 1, open_group);
  Guest far = guest("far2", red, 2, open_group);
  // The instant between plug and wiring, held open: the agent that would wire it is away.
  cloud->host(1).stop(sandbox::agent_name, SIGKILL);
  Guest early = guest_of(*cloud, boot(*cloud, "early", red, 1));
  EXPECT_TRUE(in_sync(*cloud, 2));
  EXPECT_TRUE(await([&] {
    const auto number = run(cloud->host(1).vsctl({"get", "Interface", early.instance.tap(), "ofport"})).output;
    return !number.empty() && number.front() >= '1' && number.front() <= '9';
  }));
  for (Guest* listener : {&here, &far}) {
    early.nic.send(udp(early, *listener, "too early", permitted));
    listener->nic.send(udp(*listener, early, "to nobody yet", permitted));
    listener->nic.send(to_all(*listener, "to those who are wired"));
  }
  early.nic.send(to_all(early, "too early, to all"));
  all_hear(here, {&far}, "here ends");
  all_hear(far, {&here}, "far ends");
  EXPECT_EQ(here.nic.count("too early") + far.nic.count("too early"), 0U);

  ASSERT_TRUE(cloud->host(1).start_agent().has_value());
  EXPECT_TRUE(await([&] {
    return text_at(cloud->ask("GET", "/v2.0/ports/" + early.instance.port_id).at("port"), "status") == "ACTIVE";
  }));
  all_hear(early, {&here, &far}, "wired now");
  EXPECT_EQ(here.nic.count("too early") + far.nic.count("too early"), 0U);
  EXPECT_EQ(early.nic.count("to nobody yet") + early.nic.count("to those who are wired"), 0U);
}

TEST_F(Borders, AnotherPortOnTheSameTapAndNumberInheritsNothing) {
  Guest here = guest("here2", red, 1, open_group);
  Guest far = guest("far3", red, 2, open_group);
  Guest blue_far = guest("far4", blue, 2, open_group);
  Guest old = guest("old", red, 1, open_group);
  const std::string tap = old.instance.tap();
  std::string number = run(cloud->host(1).vsctl({"get", "Interface", tap, "ofport"})).output;
  number.pop_back();
  here.nic.send(udp(here, old, "to the old one", permitted));
  EXPECT_TRUE(old.nic.hears("to the old one"));

  // Its port goes; at the same instant somebody else's is plugged under its name, and is given its number.
  const json::value made = cloud->ask("POST", "/v2.0/ports",
                                      json::object{{"port", json::object{{"network_id", blue},
                                                                         {"device_owner", "compute:nova"},
                                                                         {"device_id", "heir"},
                                                                         {"security_groups", json::array{open_group}},
                                                                         {"binding:host_id", "host1"}}}});
  sandbox::Instance instance = old.instance;
  instance.port_id = text_at(made.at("port"), "id");
  instance.mac = text_at(made.at("port"), "mac_address");
  instance.addresses = {text_at(made.at("port").at("fixed_ips").at(0), "ip_address")};
  cloud->ask("DELETE", "/v2.0/ports/" + old.instance.port_id);
  sandbox::Argv words{"--", "del-port", "br-int", tap};
  const sandbox::Argv plug = sandbox::plug_words(tap, instance.port_id, instance.mac, {"ofport_request=" + number});
  words.insert(words.end(), plug.begin(), plug.end());
  ASSERT_EQ(run(cloud->host(1).vsctl(words)).exit_code, 0);
  Guest heir = guest_of(*cloud, instance);
  EXPECT_TRUE(await(
      [&] { return text_at(cloud->ask("GET", "/v2.0/ports/" + instance.port_id).at("port"), "status") == "ACTIVE"; }));
  for (const int host : {1, 2}) EXPECT_TRUE(in_sync(*cloud, host));
  EXPECT_EQ(run(cloud->host(1).vsctl({"get", "Interface", tap, "ofport"})).output, number + "\n");

  for (const Guest* sender : {&here, &far}) {
    sender->nic.send(udp(*sender, old, "after its end", permitted));
    sender->nic.send(udp(sender->mac, sender->ip, heir.mac, heir.ip, "from red", permitted));
    sender->nic.send(to_all(*sender, "from red to all"));
  }
  for (const Guest* as : {&old, &heir}) {
    heir.nic.send(udp(as->mac, as->ip, here.mac, here.ip, "from the heir", permitted));
    heir.nic.send(udp(as->mac, as->ip, far.mac, far.ip, "from the heir", permitted));
    heir.nic.send(to_all(*as, "from the heir to all"));
  }
  all_hear(here, {&far}, "here ends");
  all_hear(far, {&here}, "far ends");
  all_hear(heir, {&blue_far}, "in blue");
  all_hear(blue_far, {&heir}, "in blue too");
  EXPECT_EQ(here.nic.count("heir") + far.nic.count("heir"), 0U);
  EXPECT_EQ(here.nic.count("in blue") + far.nic.count("in blue"), 0U);
  EXPECT_EQ(heir.nic.count("red") + heir.nic.count("after its end"), 0U);
}

}  // namespace
}  // namespace tarn::testing
