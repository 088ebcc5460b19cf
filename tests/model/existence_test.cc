// Where the rows are that exist for a caller: nothing that exists for him is anywhere else.
#include "model/existence.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "random_cloud.h"

namespace tarn::model {
namespace {

using test::RandomCloud;

// Rows of two projects and of none, in and below each other's, some of them lent.
Snapshot shared_cloud(RandomCloud& chance) {
  const auto some = [&](Kind kind) { return RandomCloud::id(kind, chance.below(RandomCloud::rows_of_a_kind)); };
  const std::array<std::string, 3> projects{"blue", "red", ""};
  const std::array lent{Kind::network, Kind::security_group, Kind::qos_policy, Kind::subnetpool, Kind::address_scope};
  Change change;
  for (unsigned kind = 0; kind < std::variant_size_v<Rows::Variant>; ++kind)
    for (unsigned n = 0; n < RandomCloud::rows_of_a_kind; ++n) {
      Row row = chance.row(static_cast<Kind>(kind), n);
      std::visit(
          [&]<class R>(R& held) {
            if constexpr (requires { held.standard; }) held.standard.project_id = projects[chance.below(3)];
            if constexpr (requires { held.policy; }) held.policy.uuid = some(Kind::qos_policy);
            if constexpr (requires { held.label; }) held.label.uuid = some(Kind::metering_label);
            if constexpr (requires { held.group; }) held.group.uuid = some(Kind::security_group);
            if constexpr (std::same_as<R, RbacPolicy>) {
              held.object = some(lent[chance.below(lent.size())]);
              held.target_project = chance.below(3) == 0 ? "*" : projects[chance.below(2)];
            }
          },
          row);
      change.edits.push_back({static_cast<Kind>(kind), id_of(row), std::move(row)});
    }
  return Snapshot().with(change, 1);
}

TEST(Existence, LeavesNoRowOfACallerOutOfItsCandidates) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    RandomCloud chance(seed);
    const Snapshot cloud = shared_cloud(chance);
    std::size_t left_out = 0;
    for (const std::string project : {"blue", "red", "", "green"}) {
      const Caller caller{project, false};
      Rows::each([&]<class R>(std::type_identity<R>) {
        const auto found = candidates(cloud, R::kind, caller);
        if (!found) return;
        for (const auto& [id, row] : cloud.table<R>()) {
          const bool listed = std::ranges::find(*found, id) != found->end();
          EXPECT_TRUE(listed || !exists_for(cloud, *row, caller)) << project << " " << R::word << " seed " << seed;
          left_out += listed ? 0 : 1;
        }
      });
    }
    EXPECT_GT(left_out, 0U) << "and those of others are";
  }
}

TEST(Existence, IsAnywhereForWhoWorksEverywhere) {
  EXPECT_FALSE(candidates(Snapshot(), Kind::port, {"blue", true}).has_value());
  EXPECT_FALSE(candidates(Snapshot(), Kind::flavor, {"blue", false}).has_value()) << "a cloud offers them to all";
}

}  // namespace
}  // namespace tarn::model
