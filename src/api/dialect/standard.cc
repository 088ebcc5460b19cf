// The attributes and filters that every resource with model::Standard shares.
#include "api/dialect/standard.h"

#include <algorithm>
#include <set>

#include "api/dialect/types.h"

namespace tarn::api::dialect {
namespace {

using Test = std::function<bool(const View&)>;

std::set<std::string> comma_separated(const std::vector<std::string>& values) {
  std::set<std::string> words;
  for (const std::string& value : values) {
    std::size_t start = 0;
    while (start <= value.size()) {
      const std::size_t end = std::min(value.find(',', start), value.size());
      if (end > start) words.insert(value.substr(start, end - start));
      start = end + 1;
    }
  }
  return words;
}

enum class Wanted : std::uint8_t { all, any };

Filter tag_filter(std::string name, Wanted wanted, bool negated) {
  const auto make = [wanted, negated](const std::vector<std::string>& values) -> Result<Test> {
    return [words = comma_separated(values), wanted, negated](const View& view) {
      const auto& tags = standard_of(view).tags;
      const auto has = [&](const std::string& word) { return std::ranges::binary_search(tags, word); };
      const bool held = wanted == Wanted::all ? std::ranges::all_of(words, has) : std::ranges::any_of(words, has);
      return held != negated;
    };
  };
  const std::string which = wanted == Wanted::all ? "all" : "any";
  return {std::move(name), std::string(negated ? "not " : "") + which + " of these tags, separated by commas", make,
          "standard-attr-tag"};
}

Filter changed_since() {
  const auto make = [](const std::vector<std::string>& values) -> Result<Test> {
    const auto since = parse_iso_time(values.back());
    if (!since)
      return fail(ErrorCode::invalid, "InvalidInput",
                  "Invalid input for operation: The input changed_since must be in the following format: "
                  "YYYY-MM-DDTHH:MM:SS[Z].");
    return [since = *since](const View& view) { return standard_of(view).updated_at_ms / 1000 * 1000 >= since; };
  };
  return {"changed_since", "changed at this UTC time or later", make, "standard-attr-timestamp"};
}

}  // namespace

std::vector<Attribute> project_attributes(Mapping project) {
  Attribute tenant{.name = "tenant_id",
                   .type = text(255),
                   .model = std::move(project),
                   .given = Given::post,
                   .absent = "the caller's project",
                   .sort = true};
  Attribute same = tenant;
  same.name = "project_id";
  same.alias = "project-id";
  tenant.model.field.clear();
  return {std::move(tenant), std::move(same)};
}

Index owned_by(model::Kind kind, std::string attribute) {
  return {std::move(attribute), [kind](const model::Snapshot& snapshot, const json::value& project) {
            std::vector<Uuid> ids;
            for (const auto& [id, nothing] : snapshot.owned(kind, std::string(project.get_string()))) ids.push_back(id);
            return ids;
          }};
}

void add_history(Resource& resource, Mapping description, Mapping revision_number) {
  auto& rows = resource.attributes;
  rows.push_back({.name = "description",
                  .type = text(255),
                  .model = std::move(description),
                  .given = Given::both,
                  .absent = "\"\"",
                  .alias = "standard-attr-description"});
  rows.push_back({.name = "revision_number",
                  .type = shown_number(),
                  .model = std::move(revision_number),
                  .sort = true,
                  .alias = "standard-attr-revisions"});
  for (const auto& [name, field] : {std::pair("created_at", &model::Standard::created_at_ms),
                                    std::pair("updated_at", &model::Standard::updated_at_ms)}) {
    const auto read = [field](const View& view) { return iso_time(standard_of(view).*field); };
    rows.push_back(
        {.name = name, .type = shown_text(), .model = derived(read), .sort = true, .alias = "standard-attr-timestamp"});
  }
  resource.filters.push_back(changed_since());
}

void add_tags(Resource& resource, Mapping mapping) {
  resource.tagged = true;
  resource.attributes.push_back({.name = "tags",
                                 .type = tags(),
                                 .model = std::move(mapping),
                                 .absent = "[]",
                                 .filter = false,
                                 .alias = "standard-attr-tag"});
  resource.filters.push_back(tag_filter("tags", Wanted::all, false));
  resource.filters.push_back(tag_filter("tags-any", Wanted::any, false));
  resource.filters.push_back(tag_filter("not-tags", Wanted::all, true));
  resource.filters.push_back(tag_filter("not-tags-any", Wanted::any, true));
}

}  // namespace tarn::api::dialect
