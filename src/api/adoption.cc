// POST /v2.0/adopted-rows: rows that were made elsewhere and come as they are, {"rows": [{"kind": "network", "id": …}]}
// with the model's fields (model/codec.h). All or none. For `tarn import`; no resource of OpenStack's.
#include "api/body.h"
#include "api/exchange.h"
#include "api/policy_target.h"

namespace tarn::api {
namespace {

namespace json = boost::json;

constexpr std::size_t rows_max = 4096;

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::invalid, "HTTPBadRequest", std::move(message));
}

Result<model::Request> request_of(const json::value& row) {
  const auto* object = row.if_object();
  const auto* kind = object ? object->if_contains("kind") : nullptr;
  const auto* id = object ? object->if_contains("id") : nullptr;
  if (!kind || !kind->is_string() || !id || !id->is_string()) return bad("A row needs 'kind' and 'id'.");
  const auto known = model::kind_named(kind->get_string());
  if (!known) return bad("There are no rows of the kind '" + std::string(kind->get_string()) + "'.");
  const auto uuid = Uuid::parse(id->get_string());
  if (!uuid) return bad("'" + std::string(id->get_string()) + "' is no id.");
  json::object given = *object;
  given.erase("kind");
  return model::Request{model::Verb::adopt, *known, *uuid, std::move(given), std::nullopt};
}

Result<std::vector<model::Request>> requests_in(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) return fail(parsed.error());
  const auto* root = parsed->if_object();
  const auto* rows = root ? root->if_contains("rows") : nullptr;
  if (!rows || !rows->is_array()) return bad("Unable to find 'rows' in request body");
  if (rows->get_array().size() > rows_max) return bad("More than " + std::to_string(rows_max) + " rows at once");
  std::vector<model::Request> requests;
  for (const json::value& row : rows->get_array()) {
    auto request = request_of(row);
    if (!request) return fail(request.error());
    requests.push_back(std::move(*request));
  }
  return requests;
}

// How many of the rows are not as they were.
std::size_t changed(const std::vector<std::pair<model::Kind, Uuid>>& rows, const model::Snapshot& before,
                    const model::Snapshot& after) {
  return static_cast<std::size_t>(std::ranges::count_if(
      rows, [&](const auto& row) { return before.row(row.first, row.second) != after.row(row.first, row.second); }));
}

}  // namespace

void adopt(const Shared& exchange) {
  if (exchange->request.method != "POST") return exchange->not_allowed("POST");
  if (const auto may = exchange->access->may("adopt_rows", NoTarget()); !may) return exchange->answer(may.error());
  auto requests = requests_in(exchange->request.body);
  if (!requests) return exchange->answer(requests.error());
  std::vector<std::pair<model::Kind, Uuid>> rows;
  for (const auto& request : *requests) rows.emplace_back(request.kind, request.id);
  const auto before = exchange->core->cloud.snapshot();
  exchange->core->cloud.write(
      std::move(*requests), exchange->access->caller(), [exchange, rows, before](Result<Written> written) {
        if (!written) return exchange->answer(written.error());
        const std::size_t count = changed(rows, *before, *written->after);
        exchange->answer(json_response(200, {{"changed", count}, {"unchanged", rows.size() - count}}));
      });
}

}  // namespace tarn::api
