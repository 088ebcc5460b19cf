// An instance that moves from host to host under traffic, step by step as Nova and libvirt move one: a second binding,
// a tap at the other end, the pause, the activated binding. Its memory, and so its sockets, come along.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "live/live_cloud.h"
#include "live/steps.h"
#include "live/traffic.h"
#include "sandbox/fabric.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

// Nobody waited for a timer of a second (docs/performance.md has the figures of a quiet machine).
constexpr std::int64_t gap_max_ms = 500;

class Migration : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(3);
    const std::string network = cloud->make_network("blue", "10.0.0.0/24");
    for (const auto& [name, host] : {std::pair("mover", 1), {"neighbour1", 1}, {"neighbour2", 2}, {"neighbour3", 3}})
      boot(*cloud, name, network, host);
    ASSERT_TRUE(cloud->await_all_active(60s));
    for (const char* name : neighbours) ASSERT_TRUE(reaches(*cloud, "mover", instance(name).addresses.front()));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }

  static const sandbox::Instance& instance(const std::string& name) {
    return cloud->sandbox().state().instances.at(name);
  }
  static TrafficPair pair(const std::string& from, const std::string& to) {
    const auto& layout = cloud->sandbox().layout();
    return {from + " and " + to, layout.instance_namespace(from), layout.instance_namespace(to),
            *Ip::parse(instance(from).addresses.front()), *Ip::parse(instance(to).addresses.front())};
  }
  static std::string bindings() { return "/v2.0/ports/" + instance("mover").port_id + "/bindings"; }
  static void must(const std::vector<std::string>& argv) {
    const sandbox::Finished done = run(argv);
    ASSERT_EQ(done.exit_code, 0) << argv.at(0) << ": " << done.complaint;
  }
  static bool is_active() {
    return text_at(cloud->ask("GET", "/v2.0/ports/" + instance("mover").port_id).at("port"), "status") == "ACTIVE";
  }

  // The tap at the far end, and behind it the machine that does not run yet.
  void prepare(int host) {
    const sandbox::Instance& mover = instance("mover");
    const std::string inner = cloud->sandbox().layout().instance_namespace("mover");
    const std::string outer = cloud->host(host).netns();
    cloud->ask("POST", bindings(), {{"binding", {{"host", sandbox::Layout::host_name(host)}}}});
    must(sandbox::ip_in(outer, {"link", "add", mover.tap(), "type", "veth", "peer", "name", there(), "netns", inner}));
    must(sandbox::ip_in(inner, {"link", "set", there(), "address", mover.mac}));
    must(sandbox::inside(inner, {"ethtool", "-K", there(), "tx", "off"}));
    must(sandbox::ip_in(outer, {"link", "set", mover.tap(), "up"}));
    must(cloud->host(host).vsctl(sandbox::plug_words(mover.tap(), mover.port_id, mover.mac)));
    ASSERT_TRUE(in_sync(*cloud, host));
  }
  // It stops here and goes on there.
  void move(int host) {
    const std::string inner = cloud->sandbox().layout().instance_namespace("mover");
    const std::filesystem::path batch = cloud->folder() / "move";
    std::ofstream words(batch);
    words << "link set " << here() << " down\naddr flush dev " << here() << "\naddr replace "
          << instance("mover").addresses.front() << "/24 dev " << there() << "\nlink set " << there() << " up\n";
    // Whom it knew it still knows: that is in its memory.
    for (const char* known : neighbours)
      words << "neigh replace " << instance(known).addresses.front() << " lladdr " << instance(known).mac << " dev "
            << there() << " nud reachable\n";
    words.close();
    cloud->ask("PUT", bindings() + "/" + sandbox::Layout::host_name(host) + "/activate");
    must({"ip", "-n", inner, "-batch", batch.string()});
  }
  void clean_up(int left) {
    const sandbox::Instance& mover = instance("mover");
    must(cloud->host(left).vsctl({"del-port", "br-int", mover.tap()}));
    must(sandbox::ip_in(cloud->host(left).netns(), {"link", "del", mover.tap()}));
    cloud->ask("DELETE", bindings() + "/" + sandbox::Layout::host_name(left));
    ++moves;
  }

  std::string here() const { return "eth" + std::to_string(moves % 2); }
  std::string there() const { return "eth" + std::to_string((moves + 1) % 2); }

  static constexpr std::array neighbours{"neighbour1", "neighbour2", "neighbour3"};
  static inline LiveCloud* cloud = nullptr;
  static inline int moves = 0;
};

TEST_F(Migration, TakesABlinkAndSessionsSurvive) {
  constexpr int hosts = 3;
  std::printf("%-28s %8s %6s %8s %10s\n", "direction", "probes", "lost", "gap ms", "tcp stall");
  for (int i = 0; i < 6; ++i) {
    const int from = 1 + i % hosts;
    const int to = 1 + (i + 1) % hosts;
    Result<std::unique_ptr<Traffic>> traffic =
        Traffic::start(*cloud, {pair("mover", "neighbour1"), pair("mover", "neighbour2"), pair("mover", "neighbour3")});
    ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
    let_pass(500ms);
    prepare(to);
    move(to);
    EXPECT_TRUE(await(is_active));
    clean_up(from);
    let_pass(500ms);
    for (const TrafficLoss& loss : (*traffic)->finish()) {
      std::printf("%-28s %8lu %6lu %8ld %10ld\n", loss.name.c_str(), loss.probes_sent, loss.probes_lost,
                  loss.longest_gap_ms, loss.tcp_stall_ms);
      EXPECT_GT(loss.probes_sent, 500U);
      EXPECT_TRUE(loss.tcp_whole) << loss.name;
      EXPECT_LE(loss.longest_gap_ms, gap_max_ms) << loss.name;
    }
  }
}

}  // namespace
}  // namespace tarn::testing
