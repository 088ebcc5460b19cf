// Names, as instances ask for them with dig and by the C library: each is told of its own network alone, whatever
// happens to the agent or the service, and what is nobody's name is asked of the operator's forwarder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>
#include <fstream>

#include "live/live_cloud.h"
#include "live/steps.h"
#include "sandbox/fabric.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
namespace json = boost::json;

const std::string server4 = "169.254.169.254";
const std::string server6 = "fe80::a9fe:a9fe%eth0";

class Names : public ::testing::Test {
 protected:
  // Two tenants' networks with the same addresses and names; "db" is elsewhere in one, and who asks itself in the
  // other.
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    red = cloud->make_network("red", "10.0.0.0/24");
    blue = cloud->make_network("blue", "10.0.0.0/24");
    boot_named("red1", red, 1, "web");
    boot_named("red2", red, 2, "db");
    boot_named("blue1", blue, 1, "db");
    ASSERT_EQ(address("red1"), address("blue1"));
    ASSERT_TRUE(cloud->await_all_active(60s));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }

  static void boot_named(const std::string& name, const std::string& network, int host, const std::string& dns_name) {
    boot(*cloud, name, network, host);
    // What a DHCP client would have been told (RFC 3442); these have no client.
    run_inside(*cloud, name, {"ip", "route", "replace", server4 + "/32", "dev", "eth0"});
    call(name, dns_name);
  }
  static void call(const std::string& name, const std::string& dns_name) {
    cloud->ask("PUT", port(name), {{"port", {{"dns_name", dns_name}}}});
  }
  static const sandbox::Instance& instance(const std::string& name) {
    return cloud->sandbox().state().instances.at(name);
  }
  static std::string address(const std::string& name) { return instance(name).addresses.front(); }
  static std::string port(const std::string& name) { return "/v2.0/ports/" + instance(name).port_id; }
  static std::string dig(const std::string& name, std::vector<std::string> words, const std::string& server = server4) {
    words.insert(words.begin(), {"dig", "+time=2", "+tries=1", "@" + server});
    return run_inside(*cloud, name, words).output;
  }
  static std::string shortly(const std::string& name, std::vector<std::string> words,
                             const std::string& server = server4) {
    words.emplace_back("+short");
    return dig(name, std::move(words), server);
  }
  static bool hears(const std::string& name, const std::string& asked, const std::string& answer,
                    const std::string& server = server4) {
    return await([&] { return shortly(name, {asked}, server) == answer + "\n"; });
  }
  static std::string status(const std::string& said) {
    const std::size_t at = said.find("status: ");
    return at == std::string::npos ? "" : said.substr(at + 8, said.find(',', at) - at - 8);
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string red, blue;
};

TEST_F(Names, EachIsToldOfItsOwnNetworkThoughNamesAndAddressesAreTheSame) {
  EXPECT_TRUE(hears("red1", "db.openstacklocal", address("red2")));
  EXPECT_TRUE(hears("blue1", "db.openstacklocal", address("blue1")));
  EXPECT_TRUE(hears("red2", "web", address("red1")));
  for (const auto& [asker, called] : {std::pair("red1", "web"), {"blue1", "db"}})
    EXPECT_EQ(shortly(asker, {"-x", address("red1")}), std::string(called) + ".openstacklocal.\n");
  EXPECT_TRUE(hears("red1", "db.openstacklocal", address("red2"), server6));
  EXPECT_TRUE(hears("blue1", "db.openstacklocal", address("blue1"), server6));
  // What the API shows is what is answered.
  const json::value assigned = cloud->ask("GET", port("red2")).at("port").at("dns_assignment").at(0);
  EXPECT_EQ(shortly("red1", {text_at(assigned, "fqdn")}), text_at(assigned, "ip_address") + "\n");
}

TEST_F(Names, AnIndependentClientUnderstandsWhatIsSaid) {
  EXPECT_TRUE(hears("red1", "db.openstacklocal", address("red2")));
  const std::string nobody = dig("red1", {"nobody.openstacklocal"});
  EXPECT_EQ(status(nobody), "NXDOMAIN");
  EXPECT_THAT(nobody, HasSubstr("SOA\topenstacklocal."));
  const std::string nothing = dig("red1", {"db.openstacklocal", "AAAA"});
  EXPECT_EQ(status(nothing), "NOERROR");
  EXPECT_THAT(nothing, HasSubstr("ANSWER: 0"));
  EXPECT_THAT(nothing, HasSubstr("SOA\topenstacklocal."));
  const std::string large = dig("red1", {"+bufsize=4096", "+nocookie", "DB.openstacklocal"});
  EXPECT_THAT(large, HasSubstr("flags: qr aa rd ra;"));
  EXPECT_THAT(large, HasSubstr("udp: 1232"));
  EXPECT_THAT(large, Not(HasSubstr("WARNING")));
  EXPECT_THAT(dig("red1", {"+noedns", "db.openstacklocal"}), Not(HasSubstr("OPT PSEUDOSECTION")));
  EXPECT_EQ(status(dig("red1", {"+edns=1", "+noednsnegotiation", "db.openstacklocal"})), "BADVERS");
  EXPECT_EQ(status(dig("red1", {"version.bind", "CH", "TXT"})), "REFUSED");
  EXPECT_EQ(status(dig("red1", {"+notcp", "db.openstacklocal", "ANY"})), "REFUSED");
  // Two questions by one connection.
  EXPECT_EQ(shortly("red1", {"+tcp", "+keepopen", "db.openstacklocal", "web.openstacklocal"}),
            address("red2") + "\n" + address("red1") + "\n");
}

TEST_F(Names, NeedsNoAgent) {
  EXPECT_TRUE(hears("red1", "db.openstacklocal", address("red2")));
  cloud->host(1).stop(sandbox::agent_name, SIGKILL);
  EXPECT_EQ(shortly("red1", {"db.openstacklocal"}), address("red2") + "\n");
  cloud->host(1).stop(sandbox::names_name, SIGKILL);
  EXPECT_EQ(status(dig("red1", {"db.openstacklocal"})), "");
  ASSERT_TRUE(cloud->host(1).start_names().has_value());
  EXPECT_EQ(shortly("red1", {"db.openstacklocal"}), address("red2") + "\n");
  ASSERT_TRUE(cloud->host(1).start_agent().has_value());
  EXPECT_TRUE(in_sync(*cloud, 1));
  EXPECT_EQ(shortly("red1", {"db.openstacklocal"}), address("red2") + "\n");
}

TEST_F(Names, FollowsWhoIsCalledAnewOrGoes) {
  boot_named("red3", red, 2, "shop");
  const std::string given = address("red3");
  EXPECT_TRUE(hears("red1", "shop.openstacklocal", given));
  call("red3", "store");
  EXPECT_TRUE(hears("red1", "store.openstacklocal", given));
  EXPECT_EQ(status(dig("red1", {"shop.openstacklocal"})), "NXDOMAIN");
  ASSERT_TRUE(cloud->sandbox().remove_instance("red3").has_value());
  EXPECT_TRUE(await([&] { return status(dig("red1", {"store.openstacklocal"})) == "NXDOMAIN"; }));
  cloud->ask("PUT", "/v2.0/networks/" + red, {{"network", {{"dns_domain", "red.example."}}}});
  EXPECT_TRUE(hears("red1", "db.red.example", address("red2")));
  cloud->ask("PUT", "/v2.0/networks/" + red, {{"network", {{"dns_domain", ""}}}});
  EXPECT_TRUE(hears("red1", "db.openstacklocal", address("red2")));
}

// Before its instance is there, or for as long as it is nobody's own: an address that instances take in turns.
TEST_F(Names, APortThatIsNowhereIsCalledByTheNameItWasGiven) {
  const json::value made =
      cloud->ask("POST", "/v2.0/ports", {{"port", {{"network_id", red}, {"dns_name", "service"}}}});
  const json::value& service = made.at("port");
  const std::string given = text_at(service.at("fixed_ips").at(0), "ip_address");
  EXPECT_TRUE(hears("red1", "service.openstacklocal", given));
  EXPECT_EQ(shortly("red1", {"-x", given}), "service.openstacklocal.\n");
  EXPECT_EQ(status(dig("blue1", {"service.openstacklocal"})), "NXDOMAIN");
  cloud->ask("DELETE", "/v2.0/ports/" + text_at(service, "id"));
  EXPECT_TRUE(await([&] { return status(dig("red1", {"service.openstacklocal"})) == "NXDOMAIN"; }));
}

TEST_F(Names, AreForbiddenToWhomNothingIsAllowed) {
  EXPECT_TRUE(hears("red1", "db.openstacklocal", address("red2")));
  const json::value group =
      cloud->ask("POST", "/v2.0/security-groups", {{"security_group", {{"name", "silence"}}}}).at("security_group");
  for (const json::value& rule : group.at("security_group_rules").as_array())
    cloud->ask("DELETE", "/v2.0/security-group-rules/" + text_at(rule, "id"));
  const json::value groups = cloud->ask("GET", port("red1")).at("port").at("security_groups");
  cloud->ask("PUT", port("red1"), {{"port", {{"security_groups", json::array{text_at(group, "id")}}}}});
  EXPECT_TRUE(in_sync(*cloud, 1));
  EXPECT_EQ(status(dig("red1", {"db.openstacklocal"})), "");
  cloud->ask("PUT", port("red1"), {{"port", {{"security_groups", groups}}}});
  EXPECT_TRUE(hears("red1", "db.openstacklocal", address("red2")));
}

const std::string part = std::string(250, 'x');

// A forwarder of the operator's, where host 1 reaches it, as long as this lives.
class Dnsmasq {
 public:
  explicit Dnsmasq(const LiveCloud& cloud) : log_(cloud.folder() / "dnsmasq.log") {
    const std::vector<std::string> words{"dnsmasq",
                                         "--keep-in-foreground",
                                         "--conf-file=/dev/null",
                                         "--pid-file=",
                                         "--user=root",
                                         "--no-resolv",
                                         "--no-hosts",
                                         "--local=/example.org/",
                                         "--port=5353",
                                         "--listen-address=127.0.0.1",
                                         "--bind-interfaces",
                                         "--log-queries",
                                         "--log-facility=-",
                                         "--host-record=www.example.org,192.0.2.80",
                                         "--txt-record=large.example.org," + part + "," + part + "," + part};
    const std::string netns = cloud.host(1).netns();
    mark_ = sandbox::start_silent_daemon(sandbox::inside(netns, words), log_).value();
    EXPECT_TRUE(await([&] {
      return run(sandbox::inside(
                     netns, {"dig", "+short", "+time=1", "+tries=1", "-p", "5353", "@127.0.0.1", "www.example.org"}))
                 .output == "192.0.2.80\n";
    }));
  }
  ~Dnsmasq() { stop(); }
  Dnsmasq(const Dnsmasq&) = delete;
  Dnsmasq& operator=(const Dnsmasq&) = delete;

  void stop() const { sandbox::stop_process(mark_, SIGTERM); }
  [[nodiscard]] std::string heard() const {
    std::ifstream file(log_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path log_;
  sandbox::ProcessMark mark_;
};

// The first forwarder on the list is not there.
TEST_F(Names, OthersAreAskedElsewhereAndOwnOnesNever) {
  const Dnsmasq dnsmasq(*cloud);
  const sandbox::Host host = cloud->host(1);
  host.stop(sandbox::names_name, SIGTERM);
  ASSERT_TRUE(host.start_names({"--forwarder", "127.0.0.1#5354", "--forwarder", "127.0.0.1#5353"}).has_value());
  EXPECT_TRUE(hears("red1", "www.example.org", "192.0.2.80"));
  EXPECT_EQ(status(dig("red1", {"nobody.example.org"})), "NXDOMAIN");
  EXPECT_EQ(shortly("red1", {"+tcp", "www.example.org"}), "192.0.2.80\n");
  EXPECT_EQ(shortly("red1", {"db.openstacklocal"}), address("red2") + "\n");
  EXPECT_EQ(status(dig("red1", {"nobody.openstacklocal"})), "NXDOMAIN");
  // Too long for a datagram that the C library or dig asks for: dig is told so and comes by TCP.
  const std::string large = dig("red1", {"+bufsize=512", "large.example.org", "TXT"});
  EXPECT_THAT(large, HasSubstr("retrying in TCP mode"));
  EXPECT_THAT(large, HasSubstr(part + "\" \"" + part + "\" \"" + part));
  EXPECT_THAT(dnsmasq.heard(), HasSubstr("www.example.org"));
  EXPECT_THAT(dnsmasq.heard(), Not(HasSubstr("openstacklocal")));
  dnsmasq.stop();
  EXPECT_EQ(status(dig("red1", {"www.example.org"})), "SERVFAIL");
  host.stop(sandbox::names_name, SIGTERM);
  ASSERT_TRUE(host.start_names().has_value());
}

// What `ip netns exec` puts in the place of the machine's own resolv.conf (ip-netns(8)).
class ResolvConf {
 public:
  ResolvConf(const std::string& netns, const std::string& text) : folder_("/etc/netns/" + netns) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "resolv.conf") << text;
  }
  ~ResolvConf() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    std::filesystem::remove(folder_.parent_path(), ignored);  // if nothing else is in it
  }
  ResolvConf(const ResolvConf&) = delete;
  ResolvConf& operator=(const ResolvConf&) = delete;

 private:
  std::filesystem::path folder_;
};

TEST_F(Names, WhoTakesALeaseFindsThemByTheCLibrary) {
  const auto booted = cloud->sandbox().boot({"red4", 1, red, true});
  ASSERT_TRUE(booted.has_value()) << booted.error().message;
  std::map<std::string, std::string> lease;
  std::ifstream file(cloud->sandbox().layout().instance_dir("red4") / "lease");
  for (std::string line; std::getline(file, line);)
    lease[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  EXPECT_EQ(lease["dns"], server4);
  EXPECT_EQ(lease["domain"], "openstacklocal.");
  const ResolvConf conf(cloud->sandbox().layout().instance_namespace("red4"),
                        "nameserver " + lease["dns"] + "\nsearch " + lease["domain"] + "\n");
  EXPECT_TRUE(await([&] {
    return run_inside(*cloud, "red4", {"getent", "ahostsv4", "db"}).output.starts_with(address("red2") + " ");
  }));
  EXPECT_THAT(run_inside(*cloud, "red4", {"getent", "hosts", address("red1")}).output, HasSubstr("web.openstacklocal"));
  EXPECT_NE(run_inside(*cloud, "red4", {"getent", "hosts", "nobody.openstacklocal"}).exit_code, 0);
  ASSERT_TRUE(cloud->sandbox().remove_instance("red4").has_value());
}

}  // namespace
}  // namespace tarn::testing
