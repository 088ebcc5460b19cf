// What is due is kept by group and phase so that asking is cheap; it must say what a look at all keys would say.
#include "reconcile/due_steps.h"

#include <gtest/gtest.h>

#include "rt/choice.h"

namespace tarn::testing {
namespace {

using reconcile::Due;
using reconcile::Phase;

struct Known {
  Due what{};
  std::uint64_t group = 0;
};

// From the definition, looking at every key.
std::set<std::uint64_t> groups_of(const std::map<int, Known>& due, Phase phase) {
  std::map<std::uint64_t, Phase> phases;
  for (const auto& [key, known] : due) {
    const bool builds = known.what == Due::create || known.what == Due::change;
    const Phase own = builds ? Phase::build : known.what == Due::revoke ? Phase::revoke : Phase::tear_down;
    const auto [group, first] = phases.emplace(known.group, own);
    if (own == Phase::build || (own == Phase::revoke && group->second == Phase::tear_down)) group->second = own;
  }
  std::set<std::uint64_t> groups;
  for (const auto& [group, of] : phases) {
    if (of == phase) groups.insert(group);
  }
  return groups;
}

TEST(DueSteps, SayAfterAnyChangesWhatALookAtAllKeysSays) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    rt::Seeded choice(seed);
    reconcile::DueSteps<int> steps;
    std::map<int, Known> due;
    for (int event = 0; event < 200; ++event) {
      const int key = static_cast<int>(choice.below(24));
      steps.drop(key);
      due.erase(key);
      if (choice.below(3) > 0) {
        const Known known{static_cast<Due>(choice.below(4)), choice.below(6)};
        steps.add(key, known.what, known.group);
        due[key] = known;
      }
      std::size_t removals = 0;
      for (const auto& [each, known] : due) {
        removals += known.what == Due::remove || known.what == Due::revoke ? 1 : 0;
        ASSERT_EQ(steps.what(each), known.what);
        ASSERT_TRUE(steps.keys_of(known.group).contains(each));
      }
      ASSERT_EQ(steps.size(), due.size());
      ASSERT_EQ(steps.removals(), removals);
      for (const Phase phase : {Phase::revoke, Phase::build, Phase::tear_down}) {
        ASSERT_EQ(steps.groups_of(phase), groups_of(due, phase));
        for (const std::uint64_t group : steps.groups_of(phase)) {
          for (const int each : steps.keys_of(group)) ASSERT_EQ(due.at(each).group, group);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tarn::testing
