// Rules of security groups. They are made and removed, never changed; each counts as a change of its group.
#include "model/admit/permission.h"
#include "model/admit/plain.h"

namespace tarn::model::admission {
namespace {

Status check_unique(const Draft& draft, const SecurityGroupRule& rule) {
  for (const Uuid& id : draft.now().referrers(rule.group.uuid, Kind::security_group_rule)) {
    const SecurityGroupRule& other = **draft.now().find<SecurityGroupRule>(id);
    if (other.group != rule.group || !is_same(other.permission, rule.permission)) continue;
    if (draft.is_new(Kind::security_group_rule, id)) {
      return fail(ErrorCode::conflict, "DuplicateSecurityGroupRuleInPost", "Duplicate Security Group Rule in POST.");
    }
    return fail(ErrorCode::conflict, "SecurityGroupRuleExists",
                "Security group rule already exists. Rule id is " + id.text() + ".");
  }
  return {};
}

struct SecurityGroupRuleRules {
  using Row = SecurityGroupRule;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},
      {"description", When::created},
      {"group", When::created},
      {"direction", When::created},
      {"ip_version", When::created},
      {"protocol", When::created},
      {"first", When::created},
      {"last", When::created},
      {"remote_prefix", When::created},
      {"remote_group", When::created},
      {"remote_address_group", When::created},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const SecurityGroupRule* before, SecurityGroupRule& rule) {
    if (before != nullptr) return {};
    if (Status status = settle_permission(draft, rule.permission); !status) return status;
    // A group that is shared lets others use it for their ports, not say what it lets through.
    const Result<SecurityGroup> group = row_for<SecurityGroup>(draft, rule.group.uuid);
    if (!group) return fail(group.error());
    if (!belongs_to(*group, draft.caller())) return not_found(Kind::security_group, rule.group.uuid);
    if (Status status = check_unique(draft, rule); !status) return status;
    draft.bump<SecurityGroup>(rule.group.uuid);
    return {};
  }
  static Status release(Draft& draft, const SecurityGroupRule& rule) {
    draft.bump<SecurityGroup>(rule.group.uuid);
    return {};
  }
};

}  // namespace

KindRules security_group_rule_rules() {
  return plain_rules<SecurityGroupRuleRules>();
}

}  // namespace tarn::model::admission
