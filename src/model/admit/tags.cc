#include "model/admit/tags.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::model::admission {
namespace {

using Tags = std::vector<std::string>;

Tags tags_of(const std::optional<Row>& row) {
  if (!row) return {};
  return std::visit(
      [](const auto& held) {
        if constexpr (requires { held.standard; }) return held.standard.tags;
        return Tags();
      },
      *row);
}

// Takes the word out of the request.
Tags taken(Request& request, std::string_view word) {
  Tags tags;
  const boost::json::value* given = request.given.if_contains(word);
  if (given == nullptr) return tags;
  CHECK(given->is_array());
  for (const boost::json::value& tag : given->get_array()) tags.emplace_back(tag.as_string());
  request.given.erase(word);
  return tags;
}

}  // namespace

Result<Request> with_all_tags(const Draft& draft, Request request) {
  Tags tags = tags_of(draft.now().row(request.kind, request.id));
  for (std::string& tag : taken(request, "add_tags"))
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
  for (const std::string& tag : taken(request, "remove_tags"))
    if (std::erase(tags, tag) == 0)
      return fail(ErrorCode::not_found, "TagNotFound", "Tag " + tag + " could not be found.");
  boost::json::array all;
  for (const std::string& tag : tags) all.emplace_back(tag);
  request.given["tags"] = std::move(all);
  return request;
}

}  // namespace tarn::model::admission
