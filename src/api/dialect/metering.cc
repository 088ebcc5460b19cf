// The table's rows for metering: labels, and what each counts.
#include "api/dialect/spelling.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::MeteringLabel;
using model::MeteringRule;

Resource labels() {
  Resource resource{.singular = "metering_label",
                    .plural = "metering_labels",
                    .path = "metering/metering-labels",
                    .kind = model::Kind::metering_label,
                    .alias = "metering",
                    .update = false,
                    .not_found = "MeteringLabelNotFound"};
  add_identity<MeteringLabel>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "description",
                  .type = text(1024),
                  .model = standard<MeteringLabel>(&model::Standard::description),
                  .given = Given::post,
                  .absent = "\"\"",
                  .sort = true});
  rows.push_back({.name = "shared",
                  .type = boolean(),
                  .model = member(&MeteringLabel::shared),
                  .given = Given::post,
                  .absent = "false",
                  .sort = true});
  for (Attribute& each : rows) {
    if (each.given == Given::both) each.given = Given::post;
    each.alias = "metering";
  }
  return resource;
}

Attribute prefix_attribute(std::string name, std::optional<Prefix> MeteringRule::* field, std::string alias) {
  return {.name = std::move(name),
          .type = or_null(prefix()),
          .model = member(field),
          .given = Given::post,
          .absent = "null",
          .sort = true,
          .alias = std::move(alias)};
}

Resource rules() {
  Resource resource{.singular = "metering_label_rule",
                    .plural = "metering_label_rules",
                    .path = "metering/metering-label-rules",
                    .kind = model::Kind::metering_label_rule,
                    .alias = "metering",
                    .update = false,
                    .not_found = "MeteringLabelRuleNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&MeteringRule::id), .sort = true});
  // Taken and not shown: a rule is of its label's project.
  for (Attribute& each : project_attributes({})) {
    each.filter = each.sort = false;
    rows.push_back(std::move(each));
  }
  rows.push_back({.name = "metering_label_id",
                  .type = uuid(),
                  .model = member(&MeteringRule::label),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "direction",
                  .type = one_of({{"ingress", "ingress"}, {"egress", "egress"}}),
                  .model = member(&MeteringRule::direction, direction_name),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "excluded",
                  .type = boolean(),
                  .model = member(&MeteringRule::excluded),
                  .given = Given::post,
                  .absent = "false",
                  .sort = true});
  for (Attribute& each : rows) each.alias = "metering";
  rows.push_back(prefix_attribute("remote_ip_prefix", &MeteringRule::remote_prefix, "metering"));
  const std::string alias = "metering_source_and_destination_fields";
  rows.push_back(prefix_attribute("source_ip_prefix", &MeteringRule::source_prefix, alias));
  rows.push_back(prefix_attribute("destination_ip_prefix", &MeteringRule::destination_prefix, alias));
  return resource;
}

}  // namespace

std::vector<Resource> metering() {
  return {labels(), rules()};
}

}  // namespace tarn::api::dialect
