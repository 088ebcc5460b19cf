// Which rows stand below an item, where somebody chooses them one by one: POST {word: id} puts one there, DELETE of its
// id takes it away. Each is a change of the row that keeps the choice; the answers say nothing, as Neutron's.
#include "api/body.h"
#include "api/dialect/rows.h"
#include "api/exchange.h"
#include "api/policy_target.h"

namespace tarn::api {
namespace {

namespace json = boost::json;
using dialect::Resource;

// {"router_id": "…"}
Result<Uuid> named_in(std::string_view body, const std::string& word) {
  const auto parsed = parse_json(body);
  if (!parsed) return fail(parsed.error());
  const auto* given = parsed->if_object();
  const auto* id = given && given->size() == 1 ? given->if_contains(word) : nullptr;
  const auto uuid = id && id->is_string() ? Uuid::parse(id->get_string()) : Uuid::parse("");
  if (!uuid) return fail(ErrorCode::invalid, "HTTPBadRequest", "The body is {\"" + word + "\": a UUID} and no more.");
  return *uuid;
}

// Of the collection that the rows are from: whether there is one of this id for the caller.
Status check_there(const Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                   const Uuid& id) {
  const Resource& own = *exchange.core->table.by_path(resource.choosing.from);
  const auto row = dialect::find_row(snapshot, own.kind, id);
  if (row && exchange.access->sees(own, exchange.view(snapshot).of(*row))) return {};
  return fail(not_there(own, id.text()));
}

void change(const Shared& exchange, const Resource& resource, model::Verb verb, const Uuid& id, unsigned status) {
  const auto snapshot = exchange->core->cloud.snapshot();
  if (const auto may = may_choose(*exchange, resource, verb); !may) return exchange->answer(may.error());
  if (const auto there = check_there(*exchange, resource, *snapshot, id); !there)
    return exchange->answer(there.error());
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::update, resource.kind, id,
                      resource.choosing.given(exchange->parent(*snapshot), verb), std::nullopt});
  exchange->core->cloud.write(
      std::move(requests), exchange->access->caller(), [exchange, status](Result<Written> written) {
        if (!written) return exchange->answer(written.error());
        exchange->answer(status == 204 ? Response{204, {}, {}} : json_response(status, std::string("null")));
      });
}

}  // namespace

Status may_choose(const Exchange& exchange, const Resource& resource, model::Verb verb) {
  const std::string rule = (verb == model::Verb::create ? "create_" : "delete_") + resource.choosing.rule;
  return exchange.access->may(rule, NoTarget());
}

void choose(const Shared& exchange, const Resource& resource) {
  const auto id = named_in(exchange->request.body, resource.choosing.word);
  if (!id) return exchange->answer(id.error());
  change(exchange, resource, model::Verb::create, *id, 201);
}

void take_back(const Shared& exchange, const Resource& resource, const std::string& id) {
  const Resource& own = *exchange->core->table.by_path(resource.choosing.from);
  const auto uuid = Uuid::parse(id);
  if (!uuid) return exchange->answer(not_there(own, id));
  change(exchange, resource, model::Verb::remove, *uuid, 204);
}

}  // namespace tarn::api
