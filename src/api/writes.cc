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

// What was written, as it is now; `id` is the made object's word, or the row's id.
std::optional<dialect::RowRef> written_row(Exchange& exchange, const Resource& resource,
                                           const model::Snapshot& snapshot, const std::string& id) {
  if (resource.made.all) return exchange.made(resource, snapshot, id);
  return dialect::find_row(snapshot, resource.kind, Uuid::parse(id).value());
}

void append_shown(std::string& body, Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                  const std::string& id) {
  const auto row = written_row(exchange, resource, snapshot, id);
  if (!row) {
    body += "null";
    return;
  }
  RowText(RowText::Of::one).append(body, resource, exchange.view(snapshot).of(*row), {}, *exchange.access);
}

Response shown_alone(Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                     const std::string& id) {
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

// The id by which the item is found again: a row may have been named otherwise in the path.
std::string id_of(const dialect::RowRef& row, const std::string& in_path) {
  return std::visit(
      [&](const auto* held) {
        if constexpr (requires { held->id.text(); }) return held->id.text();
        return in_path;
      },
      row);
}

// Neutron asks once more whether the caller sees what he may not change, and of an address group forgets by then that
// it is shared.
Error refusal_of_change(const Resource& resource, const dialect::View& row, const std::string& id, Error refusal) {
  const auto is_own = [&](const auto* held) {
    if constexpr (requires { held->standard; }) return held->standard.project_id == row.caller.project_id;
    return true;
  };
  return !resource.hides_refused || std::visit(is_own, row.row) ? refusal : not_there(resource, id);
}

using Expected = std::optional<std::uint64_t>;

// One write of the model: of the row itself, or, where the object is a part of one, of its parent's.
std::vector<model::Request> request_for(const Exchange& exchange, const Resource& resource, model::Verb verb,
                                        const std::string& id, json::object given, Expected expected) {
  std::vector<model::Request> requests;
  if (resource.made.change) {
    const std::string part = verb == model::Verb::create ? std::string() : id;
    requests.push_back({model::Verb::update, resource.kind, exchange.within->id,
                        resource.made.change(verb, part, std::move(given)), expected});
  } else {
    requests.push_back({verb, resource.kind, Uuid::parse(id).value(), std::move(given), expected});
  }
  return requests;
}

// A new row has an id of its own; a new part is named by a word that its client gave.
std::string new_id(const Exchange& exchange, const Resource& resource, const json::object& given) {
  if (!resource.made.change) return exchange.core->cloud.new_id().text();
  const auto* word = given.if_contains(resource.made.id);
  return word && word->is_string() ? std::string(word->get_string()) : std::string();
}

// Who names a parent that does not exist for him is told so, though the rules, which ask the parent, say no as well.
Error refusal_of_new(Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                     const json::object& given, Error refusal) {
  const auto* named = given.if_contains(resource.parent.id.field);
  const auto id = named && named->is_string() ? Uuid::parse(named->get_string()) : Uuid::parse("");
  if (exchange.within || resource.parent.word.empty() || !id) return refusal;
  for (const Resource& parent : exchange.core->table.resources) {
    if (parent.kind != resource.parent.kind || parent.made.all || parent.among) continue;
    const auto row = row_of(exchange, parent, snapshot, id->text());
    return row ? refusal : row.error();
  }
  return refusal;
}

// What the model is asked for, when the caller may ask for it.
Result<json::object> given_of_new(Exchange& exchange, const Resource& resource, const dialect::View& parent,
                                  const json::object& body) {
  auto given = given_to_create(resource, body, exchange.access->caller());
  if (!given) return given;
  if (exchange.within && !resource.made.all) (*given)[resource.parent.id.field] = exchange.within->id.text();
  for (const auto& [field, value] : resource.always) given->insert_or_assign(field, value);
  const dialect::View nowhere = exchange.view(parent.snapshot);
  if (const auto may = exchange.access->may_create(resource, resource.made.all ? parent : nowhere, body, *given); !may)
    return fail(refusal_of_new(exchange, resource, parent.snapshot, *given, may.error()));
  return given;
}

}  // namespace

void create(const Shared& exchange, const Resource& resource) {
  const auto items = parse_body(resource, exchange->request.body, true);
  if (!items) return exchange->answer(items.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const dialect::View parent = exchange->parent(*snapshot);
  std::vector<model::Request> requests;
  std::vector<std::string> ids;
  for (const auto& item : items->items) {
    auto given = given_of_new(*exchange, resource, parent, item);
    if (!given) return exchange->answer(given.error());
    ids.push_back(new_id(*exchange, resource, *given));
    for (auto& each : request_for(*exchange, resource, model::Verb::create, ids.back(), std::move(*given), {}))
      requests.push_back(std::move(each));
  }
  write(exchange, std::move(requests), [exchange, &resource, ids, bulk = items->bulk](const model::Snapshot& after) {
    std::string body = "{\"" + (bulk ? resource.plural + "\":[" : resource.singular + "\":");
    for (const std::string& id : ids) {
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
  const auto& body = items->items.front();
  auto given = given_to_update(resource, body);
  if (!given) return exchange->answer(given.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const dialect::View view = exchange->view(*snapshot).of(*row);
  if (const auto may = exchange->access->may_update(resource, view, body, *given); !may)
    return exchange->answer(refusal_of_change(resource, view, id, may.error()));
  const std::string known = id_of(*row, id);
  auto requests = request_for(*exchange, resource, model::Verb::update, known, std::move(*given), *expected);
  write(exchange, std::move(requests), [exchange, &resource, known](const model::Snapshot& after) {
    return shown_alone(*exchange, resource, after, known);
  });
}

namespace {

struct Before {
  std::shared_ptr<const model::Snapshot> snapshot;
  dialect::RowRef row;
};

void change_by(const Shared& exchange, const Resource& resource, const dialect::Action& action, const std::string& id,
               const Before& before) {
  auto given = given_to_act(action, exchange->request.body, exchange->view(*before.snapshot).of(before.row));
  if (!given) return exchange->answer(given.error());
  std::vector<model::Request> requests;
  const Uuid target = resource.made.all ? exchange->within->id : Uuid::parse(id).value();
  requests.push_back({model::Verb::update, resource.kind, target, *given, std::nullopt});
  write(exchange, std::move(requests),
        [exchange, &resource, &action, id, before, given = std::move(*given)](const model::Snapshot& after) {
          const auto changed = written_row(*exchange, resource, after, id);
          if (changed && action.told) {
            const dialect::View was = exchange->view(*before.snapshot).of(before.row);
            return json_response(200, action.told(was, exchange->view(after).of(*changed), given));
          }
          if (!changed || !action.answer) return shown_alone(*exchange, resource, after, id);
          return json_response(200, action.answer(exchange->view(after).of(*changed)));
        });
}

}  // namespace

void act(const Shared& exchange, const Resource& resource, const dialect::Action& action, const std::string& id) {
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const dialect::View view = exchange->view(*snapshot).of(*row);
  if (const auto may = exchange->access->may_act(resource, action, view); !may) return exchange->answer(may.error());
  if (action.reads) return exchange->answer(json_response(200, action.answer(view)));
  change_by(exchange, resource, action, id_of(*row, id), {snapshot, *row});
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
  auto requests = request_for(*exchange, resource, model::Verb::remove, id_of(*row, id), {}, *expected);
  write(exchange, std::move(requests), [](const model::Snapshot&) { return Response{204, {}, {}}; });
}

}  // namespace tarn::api
