// The table's rows for logs of what security groups let through, and what can be logged.
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Log;

json::value event_name(model::LogEvent event) {
  switch (event) {
    case model::LogEvent::all:
      return "ALL";
    case model::LogEvent::accept:
      return "ACCEPT";
    case model::LogEvent::drop:
      return "DROP";
  }
  return nullptr;
}

void add_subject(std::vector<Attribute>& rows) {
  rows.push_back({.name = "resource_type",
                  .type = text(255),
                  .model = member(&Log::resource_type),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  for (const auto& [name, field] : {std::pair("resource_id", &Log::resource), std::pair("target_id", &Log::target)})
    rows.push_back({.name = name,
                    .type = or_null(uuid()),
                    .model = member(field),
                    .given = Given::post,
                    .absent = "null",
                    .sort = true});
  rows.push_back({.name = "event",
                  .type = one_of({{"ALL", "all"}, {"ACCEPT", "accept"}, {"DROP", "drop"}}),
                  .model = member(&Log::event, event_name),
                  .given = Given::post,
                  .absent = "\"ALL\""});
  rows.push_back({.name = "enabled",
                  .type = boolean(),
                  .model = member(&Log::enabled),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
}

Resource logs() {
  Resource resource{.singular = "log",
                    .plural = "logs",
                    .path = "log/logs",
                    .kind = model::Kind::log,
                    .alias = "logging",
                    .not_found = "LogResourceNotFound"};
  add_identity<Log>(resource);
  add_subject(resource.attributes);
  for (Attribute& each : resource.attributes) each.alias = "logging";
  add_history<Log>(resource);
  return resource;
}

Resource loggable() {
  Resource resource{.singular = "loggable_resource",
                    .plural = "loggable_resources",
                    .path = "log/loggable-resources",
                    .kind = model::Kind::log,
                    .alias = "logging",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = "LogResourceNotFound"};
  resource.attributes.push_back({.name = "type", .type = shown_text(), .model = made("type"), .alias = "logging"});
  resource.made.id = "type";
  resource.made.all = [](const View&) -> std::vector<Made> { return {{{"type", "security_group"}}}; };
  return resource;
}

}  // namespace

std::vector<Resource> logging() {
  return {logs(), loggable()};
}

}  // namespace tarn::api::dialect
