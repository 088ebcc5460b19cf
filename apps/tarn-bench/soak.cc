#include "soak.h"

#include <poll.h>

#include <boost/json.hpp>

#include "packet_flood.h"
#include "probe.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr FloodPorts flooded{20'000, 64};
constexpr auto interval = 1ms;
constexpr rt::Duration looked_at = 1s;

// How often sessions of BFD have come up or gone down, on all hosts (ovs-vswitchd.conf.db(5), bfd_status: flap_count).
Result<std::int64_t> flaps(const std::vector<sandbox::Host>& hosts) {
  std::int64_t all = 0;
  for (const sandbox::Host& host : hosts) {
    const auto told = sandbox::must_run(
        host.vsctl({"--format=json", "--columns=bfd_status", "find", "Interface", "bfd:enable=true"}));
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
  const Result<std::int64_t> before = flaps(world.hosts());
  if (!before) return std::unexpected(before.error());
  const Result<std::unique_ptr<PacketFlood>> flood =
      PacketFlood::start(world.instances().at(0), world.instances().at(1), flooded, Travel::out);
  if (!flood) return std::unexpected(flood.error());
  const PathEnd& from = world.instances().front();
  const PathEnd& to = world.outside().ends().front();
  const auto probe = Probe::start({from.network_namespace, from.address}, {to.network_namespace, to.address}, interval,
                                  Journey::and_back);
  if (!probe) return std::unexpected(probe.error());
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  while (clock.now() < begin + duration && !stop_asked()) poll(nullptr, 0, static_cast<int>(looked_at / 1ms));
  const rt::Instant end = clock.now();
  const std::int64_t packets = (*flood)->arrived();
  const Passage passage = passage_of((*probe)->finish(), {begin, end});
  const Result<std::int64_t> flapped = flaps(world.hosts());
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
