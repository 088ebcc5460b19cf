// /tags below a resource. What a tag is added to, or taken from, is known where the change is admitted.
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

std::unexpected<Error> no_tag(const std::string& tag) {
  return fail(ErrorCode::not_found, "TagNotFound", "Tag " + tag + " could not be found.");
}

json::value as_json(const Tags& tags) {
  json::array all;
  for (const auto& tag : tags) all.emplace_back(tag);
  return all;
}

Result<Tags> accepted(const json::value& given) {
  const auto good = dialect::tags().accept(given);
  if (!good)
    return fail(ErrorCode::invalid, "HTTPBadRequest", "Invalid input for tags. Reason: " + good.error().message);
  Tags out;
  for (const auto& tag : good->get_array()) out.emplace_back(tag.get_string());
  return out;
}

Result<dialect::RowRef> tagged_row(Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                                   const std::string& id) {
  auto row = row_of(exchange, resource, snapshot, id);
  if (row || row.error().code != ErrorCode::not_found) return row;
  return fail(ErrorCode::not_found, "TagResourceNotFound",
              "Resource " + resource.plural + " " + id + " could not be found.");
}

// {"tags": ["a", "b"]}
Result<Tags> tags_in(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) return fail(parsed.error());
  const auto* given = parsed->is_object() ? parsed->get_object().if_contains("tags") : nullptr;
  if (!given) return fail(ErrorCode::invalid, "HTTPBadRequest", "Invalid tags body");
  return accepted(*given);
}

// How a change is answered.
struct Told {
  unsigned status = 0;
  bool shows = false;  // the tags that are there then
};

// `word` is the model's: "tags" for all there are, "add_tags", "remove_tags".
void change(const Shared& exchange, const Resource& resource, const std::string& id, std::string_view word,
            const Tags& tags, Told told) {
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = tagged_row(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const auto may = exchange->access->may_update(resource, exchange->view(*snapshot).of(*row), {}, {});
  if (!may) return exchange->answer(may.error());
  const Uuid uuid = Uuid::parse(id).value();
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::update, resource.kind, uuid, {{word, as_json(tags)}}, std::nullopt});
  exchange->core->cloud.write(std::move(requests), exchange->access->caller(),
                              [exchange, &resource, uuid, told](Result<Written> written) {
                                if (!written) return exchange->answer(written.error());
                                if (!told.shows) return exchange->answer(Response{told.status, {}, {}});
                                const auto after = dialect::find_row(*written->after, resource.kind, uuid);
                                if (!after) return exchange->answer(Error{ErrorCode::internal, {}, {}});
                                const dialect::View view = exchange->view(*written->after).of(*after);
                                const auto all = as_json(dialect::standard_of(view).tags);
                                exchange->answer(json_response(told.status, {{"tags", all}}));
                              });
}

void read(const Shared& exchange, const Resource& resource, const std::string& id, const std::string* tag) {
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = tagged_row(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const auto& present = dialect::standard_of(exchange->view(*snapshot).of(*row)).tags;
  if (!tag) return exchange->answer(json_response(200, {{"tags", as_json(present)}}));
  if (!std::ranges::binary_search(present, *tag)) return exchange->answer(no_tag(*tag).error());
  exchange->answer(Response{204, {}, {}});
}

void on_all(const Shared& exchange, const Resource& resource, const std::string& id) {
  const std::string& method = exchange->request.method;
  if (method == "DELETE") return change(exchange, resource, id, "tags", {}, {204});
  if (method != "PUT" && method != "POST") return exchange->not_allowed("GET, POST, PUT, DELETE");
  const auto given = tags_in(exchange->request.body);
  if (!given) return exchange->answer(given.error());
  if (method == "POST") return change(exchange, resource, id, "add_tags", *given, {201, true});
  change(exchange, resource, id, "tags", *given, {200, true});
}

void on_one(const Shared& exchange, const Resource& resource, const std::string& id, const std::string& tag) {
  const std::string& method = exchange->request.method;
  if (method == "DELETE") return change(exchange, resource, id, "remove_tags", {tag}, {204});
  if (method != "PUT") return exchange->not_allowed("GET, PUT, DELETE");
  const auto given = accepted(as_json({tag}));
  if (!given) return exchange->answer(given.error());
  change(exchange, resource, id, "add_tags", *given, {201});
}

}  // namespace

void tags(const Shared& exchange, const Resource& resource, const std::string& id, const std::string* tag) {
  if (exchange->request.method == "GET") return read(exchange, resource, id, tag);
  tag ? on_one(exchange, resource, id, *tag) : on_all(exchange, resource, id);
}

}  // namespace tarn::api
