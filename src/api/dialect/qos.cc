// The table's rows for QoS: policies, their rules of five types, what the switch can do. A rule type is data: its
// numbers and directions, from which its collection, its item known by the rule's id alone, its place in a policy and
// its description are made.
#include "api/dialect/qos.h"

#include <memory>

#include "api/dialect/spelling.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::QosPolicy;
using model::QosRule;
using model::QosRuleType;

constexpr std::int64_t number_max = 2'147'483'647;  // what Neutron's column holds

struct Number {
  std::string name;
  std::uint32_t QosRule::* field;
  bool required = true;
};

struct RuleType {
  QosRuleType type;
  std::string word;  // "dscp_marking"
  std::vector<Number> numbers = {};
  std::vector<std::string> directions = {};  // none: the rule has none
  std::string alias = {};
  std::string direction_alias = {};
  std::string item_alias = {};  // of the items that are known without their policy; empty: there are none
  bool enforced = true;         // by the switch (docs/pipeline.md says why not)
};

// RFC 4594's service classes, as far as Neutron takes them.
const std::vector<std::int64_t>& dscp_marks() {
  static const std::vector<std::int64_t> marks{0,  8,  10, 12, 14, 16, 18, 20, 22, 24, 26,
                                               28, 30, 32, 34, 36, 38, 40, 46, 48, 56};
  return marks;
}

std::vector<RuleType> rule_types() {
  const std::vector<std::string> two{"ingress", "egress"};
  return {
      {.type = QosRuleType::bandwidth_limit,
       .word = "bandwidth_limit",
       .numbers = {{"max_kbps", &QosRule::rate}, {"max_burst_kbps", &QosRule::burst, false}},
       .directions = two,
       .alias = "qos",
       .direction_alias = "qos-bw-limit-direction",
       .item_alias = "qos-rules-alias"},
      {.type = QosRuleType::dscp_marking,
       .word = "dscp_marking",
       .numbers = {{"dscp_mark", &QosRule::dscp}},
       .alias = "qos",
       .item_alias = "qos-rules-alias"},
      {.type = QosRuleType::minimum_bandwidth,
       .word = "minimum_bandwidth",
       .numbers = {{"min_kbps", &QosRule::rate}},
       .directions = two,
       .alias = "qos",
       .direction_alias = "qos-bw-minimum-ingress",
       .item_alias = "qos-rules-alias",
       .enforced = false},
      {.type = QosRuleType::packet_rate_limit,
       .word = "packet_rate_limit",
       .numbers = {{"max_kpps", &QosRule::rate}, {"max_burst_kpps", &QosRule::burst, false}},
       .directions = two,
       .alias = "qos-pps",
       .direction_alias = "qos-pps"},
      {.type = QosRuleType::minimum_packet_rate,
       .word = "minimum_packet_rate",
       .numbers = {{"min_kpps", &QosRule::rate}},
       .directions = {"any", "ingress", "egress"},
       .alias = "qos-pps-minimum",
       .direction_alias = "qos-pps-minimum",
       .item_alias = "qos-pps-minimum-rule-alias",
       .enforced = false},
  };
}

// What a rule of this type shows.
std::vector<Attribute> attributes_of(const RuleType& type) {
  std::vector<Attribute> rows;
  rows.push_back(
      {.name = "id", .type = shown_text(), .model = member(&QosRule::id), .sort = true, .alias = type.alias});
  for (const Number& each : type.numbers)
    rows.push_back({.name = each.name,
                    .type = each.field == &QosRule::dscp ? one_of_numbers(dscp_marks()) : integer(0, number_max),
                    .model = member(each.field),
                    .given = Given::both,
                    .required = each.required,
                    .absent = each.required ? "" : "0",
                    .sort = true,
                    .alias = type.alias});
  if (type.directions.empty()) return rows;
  std::vector<Word> words;
  for (const std::string& each : type.directions) words.push_back({each, each});
  rows.push_back({.name = "direction",
                  .type = one_of(std::move(words)),
                  .model = member(&QosRule::direction, direction_name),
                  .given = Given::both,
                  .absent = "\"egress\"",
                  .sort = true,
                  .alias = type.direction_alias});
  return rows;
}

// A policy's rules with their types, each as its own collection shows it.
Read rules_read() {
  struct Shape {
    std::string word;
    std::vector<Attribute> rows;
  };
  const auto shapes = std::make_shared<std::vector<Shape>>();
  for (const RuleType& type : rule_types()) shapes->push_back({type.word, attributes_of(type)});
  return [shapes](const View& view) -> json::value {
    json::array shown(view.storage);
    const Uuid policy = view.as<QosPolicy>().id.uuid;
    for (const Uuid& id : view.snapshot.referrers(policy, model::Kind::qos_rule)) {
      const QosRule* rule = view.snapshot.find<QosRule>(id)->row.get();
      const Shape& shape = (*shapes)[static_cast<std::size_t>(rule->type)];
      json::object one(view.storage);
      for (const Attribute& each : shape.rows) one.emplace(each.name, each.model.read(view.of(rule)));
      one["qos_policy_id"] = policy.text();
      one["type"] = shape.word;
      shown.push_back(std::move(one));
    }
    return shown;
  };
}

Resource rules_of(const RuleType& type) {
  Resource resource{.singular = type.word + "_rule",
                    .plural = type.word + "_rules",
                    .rule = "policy_" + type.word + "_rule",
                    .kind = model::Kind::qos_rule,
                    .alias = type.alias,
                    .not_found = "QosRuleNotFound"};
  resource.attributes = attributes_of(type);
  // Taken for the sake of clients that name the project of everything; a rule is of its policy's.
  for (Attribute& each : project_attributes({})) {
    each.alias = type.alias;
    each.filter = each.sort = false;
    resource.attributes.push_back(std::move(each));
  }
  resource.parent = {
      .word = "policy", .kind = model::Kind::qos_policy, .id = member(&QosRule::policy), .path = "qos/policies"};
  resource.among = [wanted = type.type](const View& view) { return view.as<QosRule>().type == wanted; };
  resource.always = {{"type", type.word}};
  return resource;
}

// The same rules, where only a rule's id is known.
Resource items_of(const RuleType& type) {
  Resource resource = rules_of(type);
  resource.singular = "alias_" + resource.singular;
  resource.plural = "alias_" + resource.plural;
  resource.path = "qos/" + resource.plural;
  resource.rule = {};
  resource.alias = type.item_alias;
  resource.list = resource.create = false;
  resource.attributes = attributes_of(type);
  for (Attribute& each : resource.attributes) {
    if (each.given == Given::both) each.given = Given::put;
    each.required = false;
    each.absent = {};
    each.alias = type.item_alias;
  }
  resource.parent.path = {};
  return resource;
}

json::object parameter(const std::string& name, const std::string& type, json::value values) {
  return {{"parameter_name", name}, {"parameter_type", type}, {"parameter_values", std::move(values)}};
}

Made described(const RuleType& type) {
  json::array parameters;
  for (const Number& each : type.numbers) {
    if (each.field == &QosRule::dscp)
      parameters.push_back(parameter(each.name, "choices", json::value_from(dscp_marks())));
    else
      parameters.push_back(parameter(each.name, "range", {{"start", 0}, {"end", number_max}}));
  }
  if (!type.directions.empty())
    parameters.push_back(parameter("direction", "choices", json::value_from(type.directions)));
  json::array drivers;
  if (type.enforced) drivers.push_back({{"name", "tarn"}, {"supported_parameters", std::move(parameters)}});
  return {{"type", type.word}, {"drivers", std::move(drivers)}};
}

// Neutron lists the types that all of its drivers can do; here there is one, and `all_supported` asks for the same.
std::vector<Filter> of_drivers() {
  const auto make = [](const std::vector<std::string>& values,
                       bool all_if) -> Result<std::function<bool(const View&)>> {
    const auto word = boolean_word(values.back());
    if (!word) return fail(word.error());
    const bool all = *word && all_if;
    return [all](const View& view) { return all || !view.as<Made>().at("drivers").as_array().empty(); };
  };
  return {{.name = "all_supported",
           .words = "types that some driver can do",
           .make = [make](const auto& values) { return make(values, false); },
           .alias = "qos-rule-type-filter"},
          {.name = "all_rules",
           .words = "all types",
           .make = [make](const auto& values) { return make(values, true); },
           .alias = "qos-rule-type-filter",
           .absent = "false"}};
}

Resource policies() {
  Resource resource{.singular = "policy",
                    .plural = "policies",
                    .path = "qos/policies",
                    .kind = model::Kind::qos_policy,
                    .alias = "qos",
                    .not_found = "QosPolicyNotFound"};
  add_standard<QosPolicy>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "shared",
                  .type = boolean(),
                  .model = shared(),
                  .given = Given::both,
                  .absent = "false",
                  .alias = "qos"});
  rows.push_back({.name = "is_default",
                  .type = boolean(),
                  .model = member(&QosPolicy::is_default),
                  .given = Given::both,
                  .absent = "false",
                  .alias = "qos-default"});
  rows.push_back({.name = "rules",
                  .type = shown("list of rules"),
                  .model = derived(rules_read()),
                  .filter = false,
                  .alias = "qos"});
  return resource;
}

Resource described_types() {
  Resource resource{.singular = "rule_type",
                    .plural = "rule_types",
                    .path = "qos/rule-types",
                    .show_rule = "context_is_admin",
                    .kind = model::Kind::qos_rule,
                    .alias = "qos",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = "QosRuleTypeNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "type", .type = shown_text(), .model = made("type"), .alias = "qos"});
  rows.push_back({.name = "drivers",
                  .type = shown("list of objects, of one type alone"),
                  .model = made("drivers"),
                  .filter = false,
                  .alias = "qos-rule-type-details",
                  .listed = false});
  resource.filters = of_drivers();
  resource.made.id = "type";
  resource.made.all = [](const View&) {
    std::vector<Made> all;
    for (const RuleType& type : rule_types()) all.push_back(described(type));
    return all;
  };
  return resource;
}

}  // namespace

Attribute qos_policy_id(Mapping policy) {
  return {.name = "qos_policy_id",
          .type = or_null(uuid()),
          .model = std::move(policy),
          .given = Given::both,
          .absent = "null",
          .alias = "qos"};
}

std::vector<Resource> qos() {
  std::vector<Resource> all{policies()};
  for (const RuleType& type : rule_types()) all.push_back(rules_of(type));
  for (const RuleType& type : rule_types())
    if (!type.item_alias.empty()) all.push_back(items_of(type));
  all.push_back(described_types());
  return all;
}

}  // namespace tarn::api::dialect
