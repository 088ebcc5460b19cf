#include "api/access.h"

#include "api/policy_target.h"
#include "base/check.h"
#include "model/codec.h"

namespace tarn::api {
namespace {

namespace json = boost::json;
using dialect::Attribute;
using dialect::Resource;
using dialect::View;

json::object defaults_of(model::Kind kind) {
  const Result<model::Row> row = model::row_from_json(kind, {});
  CHECK(row.has_value());
  return model::to_json(*row);
}

// Whom Neutron shows the rows of every project: administrators, and services that work for all.
bool works_everywhere(const policy::Standing& standing) {
  const policy::Rules& rules = standing.rules();
  for (const std::string_view rule : {"context_is_admin", "context_is_advsvc", "service_api"})
    if (rules.has(rule) && standing.allows(rules.find(rule), NoTarget())) return true;
  return false;
}

// To give a new row what it would have anyway needs nobody's permission, where what it would have is told.
bool is_default(const json::object& defaults, const Attribute& attribute, const json::object& given) {
  const json::value* value = given.if_contains(attribute.model.field);
  if (!value || value->is_null()) return true;
  if (attribute.null_is_absent) return false;
  const json::value* usual = defaults.if_contains(attribute.model.field);
  return usual ? *usual == *value : *value == false;  // of a word that is no field, false asks for nothing
}

}  // namespace

Guards::Guards(policy::Rules rules, const dialect::Table& table)
    : rules_(std::move(rules)), first_(table.resources.data()) {
  for (const Resource& resource : table.resources) {
    const std::string& word = resource.rule.empty() ? resource.singular : resource.rule;
    Guard guard{rule("get_" + word),       rule("create_" + word), rule("update_" + word), rule("delete_" + word), {},
                defaults_of(resource.kind)};
    for (const Attribute& attribute : resource.attributes) {
      const std::string name = guard.get.name + ":" + attribute.name;
      guard.get_attribute.push_back(rules_.has(name) ? std::optional(rules_.find(name)) : std::nullopt);
    }
    guards_.push_back(std::move(guard));
  }
}

Guards::Rule Guards::rule(std::string name) const {
  const policy::RuleId id = rules_.find(name);
  return {std::move(name), id};
}

Access::Access(const Guards& guards, policy::Credentials who)
    : guards_(guards), standing_(guards.rules(), std::move(who)) {
  caller_ = {standing_.who().project_id, works_everywhere(standing_)};
}

bool Access::sees(const Resource& resource, const View& row) const {
  const auto exists = [&](const auto* held) {
    if constexpr (std::is_same_v<decltype(held), const dialect::Made*>)
      return true;
    else
      return model::exists_for(row.snapshot, *held, caller_);
  };
  if (!std::visit(exists, row.row)) return false;
  return standing_.allows(guards_.of(resource).get.id, RowTarget(resource, row));
}

bool Access::sees(const Resource& resource, const Attribute& attribute, const View& row) const {
  const auto index = static_cast<std::size_t>(&attribute - resource.attributes.data());
  const auto& rule = guards_.of(resource).get_attribute[index];
  return !rule || standing_.allows(*rule, RowTarget(resource, row));
}

Status Access::check(const Guards::Rule& rule, const policy::Target& target) const {
  if (standing_.allows(rule.id, target)) return {};
  return fail(ErrorCode::forbidden, "PolicyNotAuthorized", "(rule:" + rule.name + ") is disallowed by policy");
}

// The keys of an object, and of the objects of a list, may have rules of their own: "create_port:fixed_ips:subnet_id".
Status Access::check_parts(const std::string& rule, const json::value& value, const policy::Target& target) const {
  if (const auto* list = value.if_array()) {
    for (const json::value& each : *list)
      if (each.is_object())
        if (Status status = check_parts(rule, each, target); !status) return status;
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, part] : *object) {
      const std::string part_rule = rule + ":" + std::string(key);
      if (!guards_.rules().has(part_rule)) continue;
      if (Status status = check(guards_.rule(part_rule), target); !status) return status;
    }
  }
  return {};
}

Status Access::check_attributes(const std::string& rule, const Resource& resource, const json::object& body,
                                const json::object& given, const policy::Target& target, bool creates) const {
  const json::object& defaults = guards_.of(resource).defaults;
  for (const Attribute& attribute : resource.attributes) {
    const json::value* value = body.if_contains(attribute.name);
    if (!value || (creates && is_default(defaults, attribute, given))) continue;
    const std::string attribute_rule = rule + ":" + attribute.name;
    if (guards_.rules().has(attribute_rule))
      if (Status status = check(guards_.rule(attribute_rule), target); !status) return status;
    if (Status status = check_parts(attribute_rule, *value, target); !status) return status;
  }
  return {};
}

Status Access::may_show(const Resource& resource) const {
  if (resource.show_rule.empty()) return {};
  if (standing_.allows(guards_.rules().find(resource.show_rule), NoTarget())) return {};
  return fail(ErrorCode::forbidden, "NotAuthorized", "This is not for you to see.");
}

Status Access::may_create_below(const Resource& resource) const {
  return check(guards_.of(resource).create, OwnTarget(standing_.who().project_id));
}

Status Access::may_create(const Resource& resource, const View& nowhere, const json::object& body,
                          const json::object& given) const {
  const auto& guard = guards_.of(resource);
  const GivenTarget target(resource, nowhere, given, &guard.defaults);
  if (Status status = check(guard.create, target); !status) return status;
  return check_attributes(guard.create.name, resource, body, given, target, true);
}

Status Access::may_update(const Resource& resource, const View& row, const json::object& body,
                          const json::object& given) const {
  const auto& guard = guards_.of(resource);
  const GivenTarget target(resource, row, given, nullptr);
  if (Status status = check(guard.update, target); !status) return status;
  return check_attributes(guard.update.name, resource, body, given, target, false);
}

Status Access::may_remove(const Resource& resource, const View& row) const {
  return check(guards_.of(resource).remove, RowTarget(resource, row));
}

Status Access::may_act(const Resource& resource, const dialect::Action& action, const View& row) const {
  return may(action.rule.empty() ? action.name : action.rule, RowTarget(resource, row));
}

}  // namespace tarn::api
