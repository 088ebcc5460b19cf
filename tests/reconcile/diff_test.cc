// Laws of the difference, over random tables.
#include "reconcile/diff.h"

#include <gtest/gtest.h>

#include "reconcile/shelf.h"
#include "rt/choice.h"

namespace tarn::testing {
namespace {

using reconcile::Actual;
using reconcile::Desired;

template <class Table>
reconcile::Whole<Table> whole(Table table) {
  reconcile::Collector<Table> collector;
  collector.so_far() = std::move(table);
  return std::move(collector).finish();
}

struct Tables {
  Desired<Box> wish;
  Actual<Box> there;
};

Tables random_tables(rt::Choice& choice) {
  Tables tables;
  for (int key = 0; key < 24; ++key) {
    if (choice.below(2) == 0) tables.wish[key] = {std::to_string(choice.below(3))};
    if (choice.below(2) == 0) tables.there[key] = {std::to_string(choice.below(3)), choice.below(4) != 0};
  }
  return tables;
}

void carry_out(const reconcile::Diff<Box>& diff, Actual<Box>& there) {
  for (const auto& one : diff.creates) there[one.key] = Box::as_applied(one.want);
  for (const auto& one : diff.changes) there[one.key] = Box::as_applied(one.want);
  for (const auto& one : diff.removes) there.erase(one.key);
}

TEST(Diff, CarriedOutOnceLeavesNothingToDo) {
  rt::Seeded choice(1);
  for (int run = 0; run < 500; ++run) {
    Tables tables = random_tables(choice);
    carry_out(reconcile::diff<Box>(whole(tables.wish), whole(tables.there)), tables.there);
    const auto again = reconcile::diff<Box>(whole(tables.wish), whole(tables.there));
    ASSERT_TRUE(again.empty()) << "run " << run;
  }
}

TEST(Diff, NeverTouchesWhatIsForeignAndReportsItWhereItIsInTheWay) {
  rt::Seeded choice(2);
  for (int run = 0; run < 500; ++run) {
    const Tables tables = random_tables(choice);
    Actual<Box> after = tables.there;
    const auto diff = reconcile::diff<Box>(whole(tables.wish), whole(tables.there));
    carry_out(diff, after);
    std::vector<int> in_the_way;
    for (const auto& [key, seen] : tables.there) {
      if (seen.ours) continue;
      ASSERT_EQ(after.at(key), seen);
      if (tables.wish.contains(key)) in_the_way.push_back(key);
    }
    ASSERT_EQ(diff.conflicts, in_the_way);
  }
}

TEST(Diff, OfOneKeyIsTheFullOneRestrictedToIt) {
  rt::Seeded choice(3);
  for (int run = 0; run < 500; ++run) {
    const Tables tables = random_tables(choice);
    std::set<int> some;
    for (int key = 0; key < 24; ++key) {
      if (choice.below(3) == 0) some.insert(key);
    }
    Actual<Box> by_keys = tables.there;
    for (const int key : some) carry_out(reconcile::diff<Box>(whole(tables.wish), whole(tables.there), key), by_keys);
    Actual<Box> by_all = tables.there;
    carry_out(reconcile::diff<Box>(whole(tables.wish), whole(tables.there)), by_all);
    for (int key = 0; key < 24; ++key) {
      const Actual<Box>& expected = some.contains(key) ? by_all : tables.there;
      ASSERT_EQ(by_keys.contains(key), expected.contains(key));
      if (expected.contains(key)) {
        ASSERT_EQ(by_keys.at(key), expected.at(key));
      }
    }
  }
}

TEST(Diff, OfARememberedWishNeverRemoves) {
  rt::Seeded choice(4);
  for (int run = 0; run < 500; ++run) {
    const Tables tables = random_tables(choice);
    const auto repair = reconcile::repair<Box>(reconcile::Journaled<Box>{tables.wish}, whole(tables.there));
    ASSERT_TRUE(repair.removes.empty());
    const auto full = reconcile::diff<Box>(whole(tables.wish), whole(tables.there));
    ASSERT_EQ(repair.creates.size(), full.creates.size());
    ASSERT_EQ(repair.changes.size(), full.changes.size());
  }
}

}  // namespace
}  // namespace tarn::testing
