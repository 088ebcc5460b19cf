#include "soak.h"

#include <poll.h>

#include <boost/json.hpp>

#include "packet_flood.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr FloodPorts flooded{20'000, 64};
constexpr auto interval = 1ms;
constexpr rt::Duration looked_at = 1s;

std::string text_at(const json::value& row, const char* key) {
  return std::string(row.at(key).as_string());
}

Result<PathEnd> path_end(const GatewayWorld& world, const BenchCloud& cloud, std::size_t index) {
  const ProbeEnd& instance = world.instances().at(index);
  const auto ports = cloud.ask_api("GET", "ports?fixed_ips=ip_address%3D" + instance.address.text());
  if (!ports) return std::unexpected(ports.error());
  const Result<Mac> mac = Mac::parse(text_at(ports->at("ports").at(0), "mac_address"));
  if (!mac) return std::unexpected(mac.error());
  return PathEnd{instance.network_namespace, *mac, instance.address, static_cast<std::uint32_t>(index + 1)};
}

// How often sessions of BFD have come up or gone down, on all hosts (ovs-vswitchd.conf.db(5), bfd_status: flap_count).
Result<std::int64_t> flaps(const sandbox::Sandbox& sandbox) {
  std::int64_t all = 0;
  for (int number = 1; number <= sandbox.state().hosts; ++number) {
    const auto told = sandbox::must_run(
        sandbox.host(number).vsctl({"--format=json", "--columns=bfd_status", "find", "Interface", "bfd:enable=true"}));
    if (!told) return std::unexpected(told.error());
    for (const json::value& row : json::parse(*told).at("data").as_array()) {
      for (const json::value& pair : row.at(0).at(1).as_array())
        if (pair.at(0).as_string() == "flap_count") all += std::stoll(std::string(pair.at(1).as_string()));
    }
  }
  return all;
}

}  // namespace

Result<Sheet> soak(GatewayWorld& world, std::chrono::minutes duration) {
  tell("soak of " + std::to_string(duration.count()) + " minutes");
  const BenchCloud& cloud = world.cloud();
  const Result<PathEnd> first = path_end(world, cloud, 0);
  if (!first) return std::unexpected(first.error());
  const Result<PathEnd> second = path_end(world, cloud, 1);
  if (!second) return std::unexpected(second.error());
  const Result<std::int64_t> before = flaps(cloud.sandbox());
  if (!before) return std::unexpected(before.error());
  const Result<std::unique_ptr<PacketFlood>> flood = PacketFlood::start(*first, *second, flooded, Travel::out);
  if (!flood) return std::unexpected(flood.error());
  const auto probe = Probe::start(world.instances().front(), world.outside().front(), interval, Journey::and_back);
  if (!probe) return std::unexpected(probe.error());
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  while (clock.now() < begin + duration && !stop_asked()) poll(nullptr, 0, static_cast<int>(looked_at / 1ms));
  const rt::Instant end = clock.now();
  const std::int64_t packets = (*flood)->arrived();
  const Passage passage = passage_of((*probe)->finish(), {begin, end});
  const Result<std::int64_t> flapped = flaps(cloud.sandbox());
  if (!flapped) return std::unexpected(flapped.error());
  return Sheet{"soak",
               "False alarms of BFD, every 50 ms, while two instances flood each other",
               {{"minutes", "minutes"},
                {"kpps", "thousand packets/s"},
                {"alarms", "sessions up or down"},
                {"sent", "probes"},
                {"lost", "lost"},
                {"gap_ms", "longest gap ms"}},
               {{seconds(end - begin) / 60, static_cast<double>(packets) / 1e3 / seconds(end - begin),
                 *flapped - *before, passage.sent, passage.lost, passage.longest_gap_ms}}};
}

}  // namespace tarn::bench
