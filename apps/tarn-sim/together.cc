#include "together.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>
#include <utility>

#include "base/check.h"
#include "pool.h"

namespace tarn::sim_app {
namespace {

namespace json = boost::json;
using sim::Act;
using sim::Acts;
using sim::Deed;

json::value apart(const std::function<json::value()>& task) {
  const Outcome outcome = run_apart([&] { return json::serialize(task()); });
  if (!outcome.died) return json::parse(outcome.text);
  std::fprintf(stderr, "%s\n", outcome.text.c_str());
  std::abort();
}

json::value json_of(const sim::Life& life) {
  return {{"violations", json::value_from(life.violations)},
          {"trace", life.trace},
          {"steps", life.steps},
          {"bounds", json::value_from(life.bounds)}};
}

sim::Life life_of(const json::value& told) {
  return {json::value_to<std::vector<std::string>>(told.at("violations")), told.at("trace").to_number<std::uint64_t>(),
          told.at("steps").to_number<std::uint64_t>(), json::value_to<std::vector<std::uint32_t>>(told.at("bounds"))};
}

// What is left of a story.
struct Rest {
  std::size_t story = 0;
  Acts acts;
};
using Rests = std::vector<Rest>;

// Steps of different numbers begin alike.
bool begin_alike(const Rest& a, const Rest& b) {
  if (a.acts.empty() || b.acts.empty()) return a.acts.empty() && b.acts.empty();
  return a.acts.front().deed == Deed::steps ? b.acts.front().deed == Deed::steps : a.acts.front() == b.acts.front();
}

// What rests that begin alike begin with, which is taken from them.
Act take_first(Rests& rests) {
  Act first = rests.front().acts.front();
  if (first.deed == Deed::steps) {
    for (const Rest& rest : rests) first.numbers[0] = std::min(first.numbers[0], rest.acts.front().numbers[0]);
  }
  for (Rest& rest : rests) {
    Act& own = rest.acts.front();
    const bool goes_on = first.deed == Deed::steps && own.numbers[0] > first.numbers[0];
    if (goes_on)
      own.numbers[0] -= first.numbers[0];
    else
      rest.acts.erase(rest.acts.begin());
  }
  return first;
}

class Together {
 public:
  Together(sim::Performance& performance, std::size_t count) : performance_(performance), lives_(count) {}

  void play(Rests rests) {
    while (true) {
      std::vector<Rests> ways = parted(std::move(rests));
      rests = std::move(ways.back());
      ways.pop_back();
      for (Rests& way : ways) play_apart(std::move(way));
      if (rests.front().acts.empty()) break;
      performance_.perform(take_first(rests));
    }
    const sim::Life life = performance_.finish();
    for (const Rest& rest : rests) lives_[rest.story] = life;
  }

  std::vector<sim::Life> lives() && { return std::move(lives_); }

 private:
  // The largest part comes last, as it needs no copy.
  static std::vector<Rests> parted(Rests rests) {
    std::vector<Rests> ways;
    for (Rest& rest : rests) {
      const auto way = std::ranges::find_if(ways, [&](const Rests& each) { return begin_alike(each.front(), rest); });
      (way == ways.end() ? ways.emplace_back() : *way).push_back(std::move(rest));
    }
    std::ranges::stable_sort(ways, {}, [](const Rests& each) { return each.size(); });
    return ways;
  }

  void play_apart(Rests way) {
    std::vector<std::size_t> stories;
    for (const Rest& rest : way) stories.push_back(rest.story);
    const json::value told = apart([&] {
      play(std::move(way));
      json::array own;
      for (const std::size_t story : stories) own.push_back(json_of(lives_[story]));
      return own;
    });
    for (std::size_t i = 0; i < stories.size(); ++i) lives_[stories[i]] = life_of(told.at(i));
  }

  sim::Performance& performance_;
  std::vector<sim::Life> lives_;
};

}  // namespace

std::vector<sim::Life> play_together(const std::vector<sim::Story>& stories) {
  if (stories.empty()) return {};
  const sim::Story& first = stories.front();
  Rests rests;
  for (const sim::Story& story : stories) {
    CHECK(story.seed == first.seed && story.hosts == first.hosts);
    rests.push_back({rests.size(), story.acts});
  }
  sim::Performance performance(sim::Story{first.seed, first.hosts, {}});
  Together together(performance, stories.size());
  together.play(std::move(rests));
  return std::move(together).lives();
}

sim::Life play_on(sim::Performance& begun, const Acts& more) {
  return life_of(apart([&] {
    for (const Act& act : more) begun.perform(act);
    return json_of(begun.finish());
  }));
}

}  // namespace tarn::sim_app
