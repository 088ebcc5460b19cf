// POST, PUT and DELETE: check against the table, hand over to the writer, show what it committed.
#include <charconv>

#include "api/body.h"
#include "api/dialect/rows.h"
#include "api/exchange.h"

namespace tarn::api {
namespace {

namespace json = boost::json;
using dialect::Resource;

// "revision_number=N", perhaps quoted as an entity tag (users.md 30).
Result<std::optional<std::uint64_t>> expected_revision(const Headers& headers) {
  static constexpr std::string_view word = "revision_number=";
  const auto* header = find_header(headers, "If-Match");
  if (!header) return std::nullopt;
  std::string_view text = *header;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.starts_with(word)) {
    text.remove_prefix(word.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
  }
  return fail(ErrorCode::invalid, "HTTPBadRequest", "If-Match takes one constraint: revision_number=N");
}

json::value shown(const Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot, const Uuid& id) {
  const auto row = dialect::find_row(snapshot, resource.kind, id);
  if (!row) return nullptr;
  return show_row(resource, exchange.view(snapshot).of(*row), {}, exchange.caller);
}

void write(const Shared& exchange, std::vector<model::Request> requests,
           std::function<void(const model::Snapshot&)> done) {
  exchange->core->cloud.write(std::move(requests), exchange->caller,
                              [exchange, done = std::move(done)](Result<Written> written) {
                                if (!written) return exchange->answer(written.error());
                                try {
                                  done(*written->after);
                                } catch (...) {
                                  exchange->answer(Error{ErrorCode::internal, {}, {}});
                                }
                              });
}

}  // namespace

void create(const Shared& exchange, const Resource& resource) {
  const auto items = parse_body(resource, exchange->request.body, true);
  if (!items) return exchange->answer(items.error());
  std::vector<model::Request> requests;
  std::vector<Uuid> ids;
  for (const auto& item : items->items) {
    auto given = given_to_create(resource, item, exchange->caller);
    if (!given) return exchange->answer(given.error());
    ids.push_back(exchange->core->cloud.new_id());
    requests.push_back({model::Verb::create, resource.kind, ids.back(), std::move(*given), std::nullopt});
  }
  write(exchange, std::move(requests), [exchange, &resource, ids, bulk = items->bulk](const model::Snapshot& after) {
    json::array all;
    for (const Uuid& id : ids) all.push_back(shown(*exchange, resource, after, id));
    json::object body;
    if (bulk) {
      body[resource.plural] = std::move(all);
    } else {
      body[resource.singular] = std::move(all.front());
    }
    exchange->answer(json_response(201, body));
  });
}

void update(const Shared& exchange, const Resource& resource, const std::string& id) {
  const auto expected = expected_revision(exchange->request.headers);
  if (!expected) return exchange->answer(expected.error());
  const auto items = parse_body(resource, exchange->request.body, false);
  if (!items) return exchange->answer(items.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  if (const auto row = row_of(*exchange, resource, *snapshot, id, true); !row) return exchange->answer(row.error());
  auto given = given_to_update(resource, items->items.front(), exchange->caller);
  if (!given) return exchange->answer(given.error());
  const Uuid uuid = Uuid::parse(id).value();
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::update, resource.kind, uuid, std::move(*given), *expected});
  write(exchange, std::move(requests), [exchange, &resource, uuid](const model::Snapshot& after) {
    exchange->answer(json_response(200, {{resource.singular, shown(*exchange, resource, after, uuid)}}));
  });
}

void remove(const Shared& exchange, const Resource& resource, const std::string& id) {
  if (!exchange->request.body.empty())
    return exchange->answer(error_response(400, "HTTPBadRequest", "A DELETE takes no body."));
  const auto expected = expected_revision(exchange->request.headers);
  if (!expected) return exchange->answer(expected.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  if (const auto row = row_of(*exchange, resource, *snapshot, id, true); !row) return exchange->answer(row.error());
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::remove, resource.kind, Uuid::parse(id).value(), {}, *expected});
  write(exchange, std::move(requests), [exchange](const model::Snapshot&) { exchange->answer(Response{204, {}, {}}); });
}

}  // namespace tarn::api
