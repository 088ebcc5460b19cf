// Metering labels and their rules: what routers count of the traffic through them. A rule is of its label's project and
// goes with it.
#include "model/admit/plain.h"

namespace tarn::model::admission {
namespace {

bool overlap(const Prefix& a, const Prefix& b) {
  return a.contains(b.address) || b.contains(a.address);
}

Refusal invalid(std::string what) {
  return fail(ErrorCode::invalid, "Invalid", std::move(what));
}

Status check_prefixes(const MeteringRule& rule) {
  const bool ends = rule.source_prefix || rule.destination_prefix;
  if (rule.remote_prefix && ends)
    return invalid("Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'.");
  if (rule.remote_prefix || ends) return {};
  return invalid(
      "You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or "
      "'destination_ip_prefix'.");
}

Status check_alone(const Snapshot& cloud, const MeteringRule& rule) {
  if (!rule.remote_prefix) return {};
  for (const Uuid& id : cloud.referrers(rule.label.uuid, Kind::metering_label_rule)) {
    const MeteringRule& other = **cloud.find<MeteringRule>(id);
    const bool alike = other.direction == rule.direction && other.excluded == rule.excluded && other.remote_prefix;
    if (other.id == rule.id || !alike || !overlap(*other.remote_prefix, *rule.remote_prefix)) continue;
    return fail(ErrorCode::conflict, "MeteringLabelRuleOverlaps",
                "Metering label rule with remote_ip_prefix " + rule.remote_prefix->text() + " overlaps another.");
  }
  return {};
}

struct LabelRules {
  using Row = MeteringLabel;
  static constexpr Attribute attributes[] = {{"project_id", When::created},
                                             {"name", When::created},
                                             {"description", When::created},
                                             {"shared", When::created}};
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft&, const Request&, const MeteringLabel*, MeteringLabel&) { return {}; }
  static Status release(Draft& draft, const MeteringLabel& label) {
    for (const Uuid& id : draft.now().referrers(label.id.uuid, Kind::metering_label_rule))
      draft.remove(Kind::metering_label_rule, id);
    return {};
  }
};

struct RuleRules {
  using Row = MeteringRule;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},         {"label", When::created},         {"direction", When::created},
      {"excluded", When::created},           {"remote_prefix", When::created}, {"source_prefix", When::created},
      {"destination_prefix", When::created},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const MeteringRule*, MeteringRule& rule) {
    const Result<MeteringLabel> label = row_for<MeteringLabel>(draft, rule.label.uuid);
    if (!label) return fail(label.error());
    rule.standard.project_id = label->standard.project_id;
    if (Status status = check_prefixes(rule); !status) return status;
    return check_alone(draft.now(), rule);
  }
  static Status release(Draft&, const MeteringRule&) { return {}; }
};

}  // namespace

KindRules metering_label_rules() {
  return plain_rules<LabelRules>();
}
KindRules metering_label_rule_rules() {
  return plain_rules<RuleRules>();
}

}  // namespace tarn::model::admission
