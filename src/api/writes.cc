// POST, PUT and DELETE: check against the table, hand over to the writer, show what it committed.
#include <charconv>

#include "api/body.h"
#include "api/dialect/rows.h"
#include "api/exchange.h"
#include "api/row_text.h"

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

void append_shown(std::string& body, const Exchange& exchange, const Resource& resource,
                  const model::Snapshot& snapshot, const Uuid& id) {
  const auto row = dialect::find_row(snapshot, resource.kind, id);
  if (!row) {
    body += "null";
    return;
  }
  RowText().append(body, resource, exchange.view(snapshot).of(*row), {}, *exchange.access);
}

Response shown_alone(const Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                     const Uuid& id) {
  std::string body = "{\"" + resource.singular + "\":";
  append_shown(body, exchange, resource, snapshot, id);
  return json_response(200, body + '}');
}

// The answer is made by the edge, so that the one writer of the cloud can go on with the next group.
void write(const Shared& exchange, std::vector<model::Request> requests,
           std::function<Response(const model::Snapshot&)> answer) {
  exchange->core->cloud.write(
      std::move(requests), exchange->access->caller(), [exchange, answer = std::move(answer)](Result<Written> written) {
        if (!written) return exchange->answer(written.error());
        exchange->answer_later([answer, after = std::move(written->after)] { return answer(*after); });
      });
}

}  // namespace

void create(const Shared& exchange, const Resource& resource) {
  const auto items = parse_body(resource, exchange->request.body, true);
  if (!items) return exchange->answer(items.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const dialect::View nowhere = exchange->view(*snapshot);
  std::vector<model::Request> requests;
  std::vector<Uuid> ids;
  for (const auto& item : items->items) {
    auto given = given_to_create(resource, item, exchange->access->caller());
    if (!given) return exchange->answer(given.error());
    if (const auto may = exchange->access->may_create(resource, nowhere, item, *given); !may)
      return exchange->answer(may.error());
    ids.push_back(exchange->core->cloud.new_id());
    requests.push_back({model::Verb::create, resource.kind, ids.back(), std::move(*given), std::nullopt});
  }
  write(exchange, std::move(requests), [exchange, &resource, ids, bulk = items->bulk](const model::Snapshot& after) {
    std::string body = "{\"" + (bulk ? resource.plural + "\":[" : resource.singular + "\":");
    for (const Uuid& id : ids) {
      if (id != ids.front()) body += ',';
      append_shown(body, *exchange, resource, after, id);
    }
    return json_response(201, body + (bulk ? "]}" : "}"));
  });
}

void update(const Shared& exchange, const Resource& resource, const std::string& id) {
  const auto expected = expected_revision(exchange->request.headers);
  if (!expected) return exchange->answer(expected.error());
  const auto items = parse_body(resource, exchange->request.body, false);
  if (!items) return exchange->answer(items.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const auto& body = items->items.front();
  auto given = given_to_update(resource, body);
  if (!given) return exchange->answer(given.error());
  const auto may = exchange->access->may_update(resource, exchange->view(*snapshot).of(*row), body, *given);
  if (!may) return exchange->answer(may.error());
  const Uuid uuid = Uuid::parse(id).value();
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::update, resource.kind, uuid, std::move(*given), *expected});
  write(exchange, std::move(requests), [exchange, &resource, uuid](const model::Snapshot& after) {
    return shown_alone(*exchange, resource, after, uuid);
  });
}

void act(const Shared& exchange, const Resource& resource, const dialect::Action& action, const std::string& id) {
  const auto body = parse_json(exchange->request.body);
  if (!body) return exchange->answer(body.error());
  if (!body->is_object()) return exchange->answer(error_response(400, "HTTPBadRequest", "The body is not an object."));
  auto given = given_to_act(action, body->get_object());
  if (!given) return exchange->answer(given.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const auto may = exchange->access->may_act(resource, action, exchange->view(*snapshot).of(*row));
  if (!may) return exchange->answer(may.error());
  const Uuid uuid = Uuid::parse(id).value();
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::update, resource.kind, uuid, std::move(*given), std::nullopt});
  write(exchange, std::move(requests), [exchange, &resource, &action, uuid](const model::Snapshot& after) {
    const auto changed = dialect::find_row(after, resource.kind, uuid);
    if (!changed || !action.answer) return shown_alone(*exchange, resource, after, uuid);
    return json_response(200, action.answer(exchange->view(after).of(*changed)));
  });
}

void remove(const Shared& exchange, const Resource& resource, const std::string& id) {
  if (!exchange->request.body.empty())
    return exchange->answer(error_response(400, "HTTPBadRequest", "A DELETE takes no body."));
  const auto expected = expected_revision(exchange->request.headers);
  if (!expected) return exchange->answer(expected.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const auto may = exchange->access->may_remove(resource, exchange->view(*snapshot).of(*row));
  if (!may) return exchange->answer(may.error());
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::remove, resource.kind, Uuid::parse(id).value(), {}, *expected});
  write(exchange, std::move(requests), [](const model::Snapshot&) { return Response{204, {}, {}}; });
}

}  // namespace tarn::api
