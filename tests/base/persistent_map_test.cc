// Persistent maps against std::map, and the promises of sharing: old versions stay, differences are exact and cheap.
#include "base/persistent_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>

namespace tarn {
namespace {

using Map = PersistentMap<int, std::string>;
using Model = std::map<int, std::string>;

Model flat(const Map& map) {
  Model out;
  for (auto it = map.begin(); it != map.end(); ++it) out.emplace((*it).first, (*it).second);
  return out;
}

struct Pair {
  Map map;
  Model model;
};

Pair edited(Pair pair, std::mt19937& chance, int edits, int keys) {
  for (int i = 0; i < edits; ++i) {
    const int key = static_cast<int>(chance() % static_cast<unsigned>(keys));
    if (chance() % 3 == 0) {
      pair.map = pair.map.without(key);
      pair.model.erase(key);
    } else {
      const std::string value = std::to_string(chance() % 4);
      pair.map = pair.map.with(key, value);
      pair.model[key] = value;
    }
  }
  return pair;
}

TEST(PersistentMap, HoldsWhatAnOrdinaryMapHoldsAfterAnyEdits) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 chance(seed);
    Pair pair;
    for (int round = 0; round < 20; ++round) {
      pair = edited(pair, chance, 15, 40);
      ASSERT_EQ(flat(pair.map), pair.model) << "seed " << seed;
      ASSERT_EQ(pair.map.size(), pair.model.size());
      for (int key = -1; key <= 41; ++key) {
        const auto held = pair.model.find(key);
        const std::string* found = pair.map.find(key);
        ASSERT_EQ(found != nullptr, held != pair.model.end());
        if (found) {
          ASSERT_EQ(*found, held->second);
        }
      }
    }
  }
}

TEST(PersistentMap, FindsPositionsAndLowerBounds) {
  for (unsigned seed = 100; seed < 130; ++seed) {
    std::mt19937 chance(seed);
    const Pair pair = edited({}, chance, 80, 60);
    for (int key = -1; key <= 61; ++key) {
      const auto expected = pair.model.lower_bound(key);
      const auto before = static_cast<std::size_t>(std::distance(pair.model.begin(), expected));
      EXPECT_EQ(pair.map.rank(key), before);
      const auto found = pair.map.lower_bound(key);
      EXPECT_EQ(found == pair.map.end(), expected == pair.model.end());
      EXPECT_EQ(found, pair.map.at_rank(before));
      if (expected == pair.model.end()) continue;
      Model rest;
      for (auto it = pair.map.lower_bound(key); it != pair.map.end(); ++it) rest.emplace((*it).first, (*it).second);
      EXPECT_EQ(rest, Model(expected, pair.model.end()));
    }
    EXPECT_EQ(pair.map.at_rank(pair.map.size()), pair.map.end());
  }
}

TEST(PersistentMap, AnOldVersionNeverChanges) {
  std::mt19937 chance(7);
  std::vector<Pair> versions{{}};
  for (int i = 0; i < 50; ++i) versions.push_back(edited(versions.back(), chance, 5, 30));
  for (const Pair& version : versions) EXPECT_EQ(flat(version.map), version.model);
}

TEST(PersistentMap, RemovingWhatIsNotThereKeepsTheVersion) {
  const Map map = Map().with(1, "one");
  EXPECT_TRUE(map.without(2).shares(map));
  EXPECT_FALSE(map.with(1, "one").shares(map));
  EXPECT_TRUE(Map().without(1).shares(Map()));
}

TEST(PersistentMap, DifferenceReportsEveryKeyThatDiffersInOrderAndRepairsOneVersionIntoTheOther) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 chance(seed);
    const Pair before = edited({}, chance, 60, 50);
    // Mostly grown out of the first, sometimes wholly unrelated.
    const Pair after = edited(seed % 5 == 0 ? Pair{} : before, chance, static_cast<int>(seed % 20), 50);
    Model repaired = before.model;
    std::optional<int> last;
    Map::difference(before.map, after.map, [&](int key, const std::string* was, const std::string* is) {
      EXPECT_TRUE(!last || *last < key);
      last = key;
      ASSERT_TRUE(was != nullptr || is != nullptr);
      EXPECT_EQ(was != nullptr, before.model.contains(key));
      EXPECT_EQ(is != nullptr, after.model.contains(key));
      if (was) {
        EXPECT_EQ(*was, before.model.at(key));
      }
      if (is) {
        EXPECT_EQ(*is, after.model.at(key));
        repaired[key] = *is;
      } else {
        repaired.erase(key);
      }
    });
    EXPECT_EQ(repaired, after.model) << "seed " << seed;
  }
}

TEST(PersistentMap, DifferenceOfOneVersionWithItselfIsNothing) {
  std::mt19937 chance(3);
  const Map map = edited({}, chance, 100, 80).map;
  Map::difference(map, map, [](int, const std::string*, const std::string*) { FAIL(); });
}

TEST(PersistentMap, DifferenceReportsOnlyWhatWasWritten) {
  std::mt19937 chance(11);
  const Map before = edited({}, chance, 3000, 2000).map;
  for (int round = 0; round < 50; ++round) {
    const int key = static_cast<int>(chance() % 2000);
    std::vector<int> reported;
    Map::difference(before, before.with(key, "new"),
                    [&](int changed, const std::string*, const std::string*) { reported.push_back(changed); });
    EXPECT_EQ(reported, std::vector<int>{key});
  }
}

// A key that counts how often it is compared and copied: the work of an operation, without a clock.
struct Counted {
  int number = 0;
  bool sought = false;
  static inline std::size_t comparisons = 0;
  static inline std::size_t levels = 0;
  friend bool operator<(const Counted& a, const Counted& b) {
    ++comparisons;
    levels += a.sought ? 1 : 0;
    return a.number < b.number;
  }
};

// The levels of the tree: finding a key asks once at each level whether the key sought is the smaller one.
std::size_t height(const PersistentMap<Counted, int>& map) {
  std::size_t most = 0;
  for (const auto& [key, value] : map) {
    Counted::levels = 0;
    EXPECT_TRUE(map.contains({key.number, true}));
    most = std::max(most, Counted::levels);
  }
  return most;
}

// What an AVL tree of n entries keeps to (Knuth, volume 3, section 6.2.3, theorem A).
std::size_t height_max_of(std::size_t entries) {
  return static_cast<std::size_t>(1.4405 * std::log2(static_cast<double>(entries + 2)) - 0.3277);
}

TEST(PersistentMap, StaysBalancedInWhateverOrderItGrowsAndShrinks) {
  constexpr int entries = 1024;
  const std::vector<std::function<int(int)>> orders{
      [](int i) { return i; },                                       // ascending
      [](int i) { return entries - i; },                             // descending
      [](int i) { return i % 2 == 0 ? i : entries * 2 - i; },        // from both ends inwards
      [](int i) { return i % 2 == 0 ? entries + i : entries - i; },  // from the middle outwards
      [](int i) { return static_cast<int>(static_cast<unsigned>(i) * 2654435761U % 1'000'003); },  // scattered
      [](int i) { return (i % 3) * 10'000 + (i % 2 == 0 ? i : -i); },  // three fronts, each from its middle
  };
  for (std::size_t order = 0; order < orders.size(); ++order) {
    PersistentMap<Counted, int> map;
    for (int i = 0; i < entries; ++i) {
      map = map.with({orders[order](i), false}, i);
      if (i % 16 != 0) continue;
      ASSERT_LE(height(map), height_max_of(map.size())) << "order " << order << " grown to " << i;
    }
    for (int i = 0; i < entries; ++i) {
      map = map.without({orders[(order + 1) % orders.size()](i), false}).without({orders[order](i), false});
      if (i % 16 != 0) continue;
      ASSERT_LE(height(map), height_max_of(map.size())) << "order " << order << " shrunk by " << i;
    }
    EXPECT_TRUE(map.empty());
  }
}

TEST(PersistentMap, StaysBalancedInEveryOrderOfAFewKeys) {
  std::vector<int> order{0, 1, 2, 3, 4, 5, 6};
  do {
    PersistentMap<Counted, int> map;
    for (const int key : order) {
      map = map.with({key, false}, key);
      ASSERT_LE(height(map), height_max_of(map.size()));
    }
    for (const int key : order) {
      map = map.without({(key + 3) % 7, false});
      ASSERT_LE(height(map), height_max_of(map.size()));
    }
  } while (std::ranges::next_permutation(order).found);
}

TEST(PersistentMap, OneEditOfAHundredThousandEntriesLooksAtFewOfThem) {
  PersistentMap<Counted, int> map;
  constexpr int entries = 100'000;
  constexpr std::size_t height_max = 25;  // AVL: 1.44 log2(100,000) = 24
  for (int i = 0; i < entries; ++i) {     // sorted input: the worst for an unbalanced tree
    Counted::comparisons = 0;
    map = map.with({i, false}, i);
    ASSERT_LE(Counted::comparisons, 2 * height_max);
  }
  std::mt19937 chance(5);
  for (int i = 0; i < 200; ++i) {
    const int key = static_cast<int>(chance() % entries);
    Counted::comparisons = 0;
    const auto written = map.with({key, false}, -1);
    EXPECT_LE(Counted::comparisons, 2 * height_max);
    Counted::comparisons = 0;
    const auto shorter = map.without({key, false});
    EXPECT_LE(Counted::comparisons, 4 * height_max);
    EXPECT_EQ(shorter.size(), map.size() - 1);
    Counted::comparisons = 0;
    std::size_t reported = 0;
    PersistentMap<Counted, int>::difference(map, shorter, [&](const Counted&, const int*, const int*) { ++reported; });
    EXPECT_EQ(reported, 1U);
    EXPECT_LE(Counted::comparisons, 8 * height_max);
  }
}

}  // namespace
}  // namespace tarn
