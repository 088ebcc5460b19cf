// The attributes and filters that every resource with model::Standard shares: id, name, project, description, revision,
// times and tags.
#pragma once

#include "api/dialect/rows.h"
#include "api/dialect/types.h"

namespace tarn::api::dialect {

// `tenant_id` and `project_id`, the two names of one thing (users.md 11).
std::vector<Attribute> project_attributes(Mapping project);

// The tag filters and `changed_since`; the resource gets a /tags sub-resource.
void add_standard_filters(Resource& resource);

template <class R>
void add_standard(Resource& resource) {
  auto& rows = resource.attributes;
  using S = model::Standard;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&R::id), .sort = true});
  rows.push_back({.name = "name",
                  .type = text(255),
                  .model = standard<R>(&S::name),
                  .given = Given::both,
                  .absent = "\"\"",
                  .sort = true});
  for (Attribute& each : project_attributes(standard<R>(&S::project_id))) rows.push_back(std::move(each));
  rows.push_back({.name = "description",
                  .type = text(255),
                  .model = standard<R>(&S::description),
                  .given = Given::both,
                  .absent = "\"\"",
                  .alias = "standard-attr-description"});
  rows.push_back({.name = "revision_number",
                  .type = shown_number(),
                  .model = standard<R>(&S::revision_number),
                  .sort = true,
                  .alias = "standard-attr-revisions"});
  const auto time = [](std::int64_t S::* field) {
    return derived([field](const View& view) { return json::value(iso_time(standard_of(view).*field), view.storage); });
  };
  rows.push_back({.name = "created_at",
                  .type = shown_text(),
                  .model = time(&S::created_at_ms),
                  .sort = true,
                  .alias = "standard-attr-timestamp"});
  rows.push_back({.name = "updated_at",
                  .type = shown_text(),
                  .model = time(&S::updated_at_ms),
                  .sort = true,
                  .alias = "standard-attr-timestamp"});
  rows.push_back({.name = "tags",
                  .type = tags(),
                  .model = standard<R>(&S::tags),
                  .absent = "[]",
                  .filter = false,
                  .alias = "standard-attr-tag"});
  add_standard_filters(resource);
}

}  // namespace tarn::api::dialect
