// /tags below a resource. A tag is added to what is there: read, change, write on condition, again when overtaken.
#include <algorithm>

#include "api/body.h"
#include "api/dialect/rows.h"
#include "api/dialect/types.h"
#include "api/exchange.h"

namespace tarn::api {
namespace {

namespace json = boost::json;
using dialect::Resource;
using Tags = std::vector<std::string>;
using Edit = std::function<Result<Tags>(const Tags&)>;

constexpr int attempts_max = 8;

std::unexpected<Error> no_tag(const std::string& tag) {
  return fail(ErrorCode::not_found, "TagNotFound", "Tag " + tag + " could not be found.");
}

json::value as_json(const Tags& tags) {
  json::array all;
  for (const auto& tag : tags) all.emplace_back(tag);
  return all;
}

// {"tags": ["a", "b"]}
Result<Tags> tags_in(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) return fail(parsed.error());
  const auto* given = parsed->is_object() ? parsed->get_object().if_contains("tags") : nullptr;
  if (!given) return fail(ErrorCode::invalid, "HTTPBadRequest", "Invalid tags body");
  const auto good = dialect::tags().accept(*given);
  if (!good)
    return fail(ErrorCode::invalid, "HTTPBadRequest", "Invalid input for tags. Reason: " + good.error().message);
  Tags out;
  for (const auto& tag : good->get_array()) out.emplace_back(tag.get_string());
  return out;
}

// Writes edit(present tags) and answers `status`, with the tags when `show`.
void change(const Shared& exchange, const Resource& resource, const std::string& id, Edit edit, unsigned status,
            bool show, int attempts) {
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const auto may = exchange->access->may_update(resource, exchange->view(*snapshot).of(*row), {}, {});
  if (!may) return exchange->answer(may.error());
  const auto& standard = dialect::standard_of(exchange->view(*snapshot).of(*row));
  const auto wanted = edit(standard.tags);
  if (!wanted) return exchange->answer(wanted.error());
  const auto accepted = dialect::tags().accept(as_json(*wanted));
  if (!accepted)
    return exchange->answer(
        Error{ErrorCode::invalid, "HTTPBadRequest", "Invalid input for tags. Reason: " + accepted.error().message});
  std::vector<model::Request> requests;
  const Uuid uuid = Uuid::parse(id).value();
  requests.push_back({model::Verb::update, resource.kind, uuid, {{"tags", *accepted}}, standard.revision_number});
  exchange->core->cloud.write(
      std::move(requests), exchange->access->caller(),
      [exchange, &resource, id, uuid, edit = std::move(edit), status, show, attempts](Result<Written> written) {
        if (!written && written.error().code == ErrorCode::stale && attempts < attempts_max)
          return change(exchange, resource, id, edit, status, show, attempts + 1);
        if (!written) return exchange->answer(written.error());
        if (!show) return exchange->answer(Response{status, {}, {}});
        const auto after = dialect::find_row(*written->after, resource.kind, uuid);
        if (!after) return exchange->answer(Error{ErrorCode::internal, {}, {}});
        const auto& tags = dialect::standard_of(exchange->view(*written->after).of(*after)).tags;
        exchange->answer(json_response(status, {{"tags", as_json(tags)}}));
      });
}

void read(const Shared& exchange, const Resource& resource, const std::string& id, const std::string* tag) {
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const auto& present = dialect::standard_of(exchange->view(*snapshot).of(*row)).tags;
  if (!tag) return exchange->answer(json_response(200, {{"tags", as_json(present)}}));
  if (!std::ranges::binary_search(present, *tag)) return exchange->answer(no_tag(*tag).error());
  exchange->answer(Response{204, {}, {}});
}

Edit adding(Tags more) {
  return [more = std::move(more)](const Tags& present) -> Result<Tags> {
    Tags all = present;
    for (const auto& tag : more)
      if (std::ranges::find(all, tag) == all.end()) all.push_back(tag);
    return all;
  };
}

Edit dropping(std::string tag) {
  return [tag = std::move(tag)](const Tags& present) -> Result<Tags> {
    Tags rest = present;
    if (std::erase(rest, tag) == 0) return no_tag(tag);
    return rest;
  };
}

void on_all(const Shared& exchange, const Resource& resource, const std::string& id) {
  const std::string& method = exchange->request.method;
  if (method == "DELETE")
    return change(exchange, resource, id, [](const Tags&) { return Result<Tags>(Tags{}); }, 204, false, 1);
  if (method != "PUT" && method != "POST") return exchange->not_allowed("GET, POST, PUT, DELETE");
  auto given = tags_in(exchange->request.body);
  if (!given) return exchange->answer(given.error());
  if (method == "POST") return change(exchange, resource, id, adding(std::move(*given)), 201, true, 1);
  change(exchange, resource, id, [given = *given](const Tags&) { return Result<Tags>(given); }, 200, true, 1);
}

}  // namespace

void tags(const Shared& exchange, const Resource& resource, const std::string& id, const std::string* tag) {
  const std::string& method = exchange->request.method;
  if (method == "GET") return read(exchange, resource, id, tag);
  if (!tag) return on_all(exchange, resource, id);
  if (method == "PUT") return change(exchange, resource, id, adding({*tag}), 201, false, 1);
  if (method == "DELETE") return change(exchange, resource, id, dropping(*tag), 204, false, 1);
  exchange->not_allowed("GET, PUT, DELETE");
}

}  // namespace tarn::api
