// What one project lets others use, and what each project may have: RBAC policies and quotas.
// Rows only, as in model/rows.h; their rules are in model/admit.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/uuid.h"
#include "model/rows/standard.h"

namespace tarn {
using RbacPolicyId = Id<struct RbacPolicyTag>;
using QuotaId = Id<struct QuotaTag>;
}  // namespace tarn

namespace tarn::model {

enum class Sharing : std::uint8_t { access_as_shared, access_as_external };

// Lets a project use an object of another. All sharing is in these rows: what the API calls `shared` is whether there
// is one for the caller.
struct RbacPolicy {
  static constexpr Kind kind = Kind::rbac_policy;
  static constexpr std::string_view word = "rbac_policy";
  static constexpr std::string_view called = "RbacPolicy";
  static constexpr std::string_view everybody = "*";  // as target_project

  RbacPolicyId id;
  Standard standard;
  std::string object_type;  // the word of the object's kind
  Uuid object;
  Sharing action = Sharing::access_as_shared;
  std::string target_project;
  bool operator==(const RbacPolicy&) const = default;
};

// What a project may have, where that differs from what the operator lets every project have.
struct Quota {
  static constexpr Kind kind = Kind::quota;
  static constexpr std::string_view word = "quota";
  static constexpr std::string_view called = "Quota";

  QuotaId id;  // a function of the project
  Standard standard;
  std::map<std::string, std::int64_t> limits;  // by the word of a kind; -1 is unlimited
  bool operator==(const Quota&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const RbacPolicy*) {
  visit("id", &RbacPolicy::id);
  visit("standard", &RbacPolicy::standard);
  visit("object_type", &RbacPolicy::object_type);
  visit("object", &RbacPolicy::object);
  visit("action", &RbacPolicy::action);
  visit("target_project", &RbacPolicy::target_project);
}
template <class Visit>
void describe(Visit&& visit, const Quota*) {
  visit("id", &Quota::id);
  visit("standard", &Quota::standard);
  visit("limits", &Quota::limits);
}

template <class Visit>
void refer(Visit&& visit, const RbacPolicy& policy) {
  visit(policy.object);
}

}  // namespace tarn::model
