// The attributes and filters that every resource with model::Standard shares: id, name, project, description, revision,
// times and tags.
#pragma once

#include "api/dialect/rows.h"
#include "api/dialect/types.h"

namespace tarn::api::dialect {

// `tenant_id` and `project_id`, the two names of one thing (users.md 11).
std::vector<Attribute> project_attributes(Mapping project);

// The rows of a kind by their project, which is `attribute`.
Index owned_by(model::Kind kind, std::string attribute);

// What all resources show: id, name and project.
template <class R>
void add_identity(Resource& resource) {
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&R::id), .sort = true});
  rows.push_back({.name = "name",
                  .type = text(255),
                  .model = standard<R>(&model::Standard::name),
                  .given = Given::both,
                  .absent = "\"\"",
                  .sort = true});
  for (Attribute& each : project_attributes(standard<R>(&model::Standard::project_id))) {
    resource.indexes.push_back(owned_by(R::kind, each.name));
    rows.push_back(std::move(each));
  }
}

// The description, and what changed when: revision, times, the filter `changed_since`.
void add_history(Resource& resource, Mapping description, Mapping revision_number);
template <class R>
void add_history(Resource& resource) {
  add_history(resource, standard<R>(&model::Standard::description), standard<R>(&model::Standard::revision_number));
}

// Tags with their filters; the resource gets a /tags sub-resource.
void add_tags(Resource& resource, Mapping tags);

template <class R>
void add_standard(Resource& resource) {
  add_identity<R>(resource);
  add_history<R>(resource);
  add_tags(resource, standard<R>(&model::Standard::tags));
}

}  // namespace tarn::api::dialect
