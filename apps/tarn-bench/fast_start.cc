// Instances that run the moment their network is there: whether the first DHCP question of each is answered, alone on
// the node, beside a crowd of ports, and while others are plugged; by instances that wait for ACTIVE and by those that
// do not. The crowds are interfaces of the switch itself: 5,000 taps with a machine behind each are more than one
// machine has room for.
#include "sandbox/fast_start.h"

#include <algorithm>

#include "bench_cloud.h"

namespace tarn::bench {
namespace {

using sandbox::FastStart;
using sandbox::FirstWord;

constexpr int starts_wanted = 100;
constexpr int others = 500;
// Beside thousands of ports a switch looks at all of them for each that comes or goes, which takes it seconds.
constexpr int at_a_time_beside_many = 20;
constexpr std::chrono::seconds patience{600};

Result<std::vector<FastStart>> start(BenchCloud& cloud, FirstWord word, int at_a_time) {
  std::vector<FastStart> all;
  while (all.size() < starts_wanted) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    Result<std::vector<FastStart>> some =
        sandbox::start_fast(cloud.sandbox(), {.count = at_a_time, .first_word = word, .patience = patience});
    if (!some) return some;
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

std::vector<double> times_of(const std::vector<FastStart>& starts, std::optional<rt::Duration> FastStart::* part) {
  std::vector<double> times;
  for (const FastStart& start : starts) {
    if (start.*part) times.push_back(ms(*(start.*part)));
  }
  return times;
}

void add_row(Sheet& sheet, const std::string& beside, FirstWord word, const std::vector<FastStart>& starts) {
  std::vector<double> made;
  for (const FastStart& start : starts) made.push_back(ms(start.made));
  const auto in_time = std::ranges::count_if(made, [](double took) { return took <= 100; });
  const std::vector<double> active = times_of(starts, &FastStart::active);
  const std::vector<double> offered = times_of(starts, &FastStart::offered);
  const std::vector<double> again = times_of(starts, &FastStart::offered_again);
  sheet.rows.push_back(
      {beside, word == FirstWord::once_active ? "ACTIVE" : "plugged", static_cast<std::int64_t>(starts.size()),
       quantile_of(made, 0.5), static_cast<std::int64_t>(in_time), quantile_of(active, 0.5), quantile_of(active, 1),
       static_cast<std::int64_t>(offered.size()), quantile_of(offered, 0.5), static_cast<std::int64_t>(again.size())});
}

constexpr FirstWord both[] = {FirstWord::once_active, FirstWord::once_plugged};

std::string words_of(FirstWord word) {
  return word == FirstWord::once_active ? ", waiting for ACTIVE" : ", not waiting";
}

// Both kinds of instance in turn.
Status measure_beside(BenchCloud& cloud, const std::string& beside, int at_a_time, Sheet& sheet) {
  for (const FirstWord word : both) {
    tell(beside + words_of(word));
    const auto starts = start(cloud, word, at_a_time);
    if (!starts) return std::unexpected(starts.error());
    add_row(sheet, beside, word, *starts);
  }
  return {};
}

// All of them between the moment that the database has the others and the moment that those are ACTIVE.
Status measure_among(BenchCloud& cloud, const std::string& beside, FirstWord word, Sheet& sheet) {
  tell(beside + words_of(word));
  const Result<std::vector<Plug>> made = cloud.make_ports(others);
  if (!made) return std::unexpected(made.error());
  if (Status done = cloud.plug(*made, Patience::leave); !done) return done;
  const auto starts = start(cloud, word, starts_wanted);
  if (!starts) return std::unexpected(starts.error());
  add_row(sheet, beside, word, *starts);
  return cloud.await_active();
}

}  // namespace

Result<Report> measure_fast_starts(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  Sheet sheet{"starts",
              "Network, subnet and port made, an instance plugged, and one DHCP DISCOVER said",
              {{"beside", "beside"},
               {"said_once", "said once"},
               {"starts", "starts"},
               {"made_p50_ms", "made+plugged p50 ms"},
               {"made_in_time", "within 100 ms"},
               {"active_p50_ms", "plugged to ACTIVE p50 ms"},
               {"active_most_ms", "most ms"},
               {"answered", "answered"},
               {"offer_p50_ms", "p50 ms"},
               {"answered_again", "answered when said again"}},
              {}};
  if (Status done = measure_beside(**cloud, "nobody", 1, sheet); !done) return std::unexpected(done.error());
  int wired = 0;
  for (const int count : settings.ports.empty() ? std::vector<int>{1'000, 5'000} : settings.ports) {
    const std::string crowd = std::to_string(count) + " ports";
    tell(crowd);
    if (Status done = (*cloud)->wire_ports(std::max(0, count - wired)); !done) return std::unexpected(done.error());
    if (Status done = measure_beside(**cloud, crowd, at_a_time_beside_many, sheet); !done)
      return std::unexpected(done.error());
    const std::string among = crowd + ", " + std::to_string(others) + " being plugged";
    wired = std::max(wired, count);
    for (const FirstWord word : both) {
      if (Status done = measure_among(**cloud, among, word, sheet); !done) return std::unexpected(done.error());
      wired += others;
    }
  }
  return Report{{std::move(sheet)}};
}

}  // namespace tarn::bench
