// GET on collections and items: one snapshot, one query, one answer.
#include <boost/json/serialize.hpp>

#include "api/dialect/rows.h"
#include "api/exchange.h"
#include "api/row_text.h"

namespace tarn::api {
namespace {

namespace json = boost::json;

// By which a page's marker names the row.
std::string id_of(const dialect::Resource& resource, const dialect::View& view) {
  return std::visit(
      [&](const auto* row) {
        if constexpr (requires { row->id.text(); })
          return row->id.text();
        else {
          const auto* word = row->if_contains(resource.made.id);
          return word && word->is_string() ? std::string(word->get_string()) : std::string();
        }
      },
      view.row);
}

// Whose rows are asked for: of the project in the query, where the caller works for all, else of his own.
std::string project_listed(const Query& query, const model::Caller& caller) {
  for (const auto& equals : query.equals) {
    const bool names_project = equals.attribute->name == "project_id" || equals.attribute->name == "tenant_id";
    if (caller.everywhere && names_project && !equals.values.empty() && equals.values.front().is_string())
      return std::string(equals.values.front().get_string());
  }
  return caller.project_id;
}

Response listed(Exchange& exchange, const dialect::Resource& resource, const Query& query,
                const model::Snapshot& snapshot) {
  const dialect::View base = exchange.view(snapshot);
  Among among;
  if (exchange.within) among.below = exchange.within->id;
  if (resource.made.all) among.made = &exchange.make(resource, snapshot);
  const auto rows = select_rows(resource, query, base, *exchange.access, among);
  if (!rows) return error_response(rows.error());
  RowText rows_text(RowText::Of::list);
  std::string body = "{\"" + resource.plural + "\":[";
  for (const auto& row : *rows) {
    if (!body.ends_with('[')) body += ',';
    rows_text.append(body, resource, base.of(row), query.fields, *exchange.access);
    if (&row == &rows->front()) body.reserve(body.size() * (rows->size() + rows->size() / 8 + 1));
  }
  body += ']';
  const std::string first = rows->empty() ? "" : id_of(resource, base.of(rows->front()));
  const std::string last = rows->empty() ? "" : id_of(resource, base.of(rows->back()));
  const json::array links =
      page_links(query, exchange.target.params, exchange.url_root + exchange.target.path, rows->size(), first, last);
  if (!links.empty()) body += ",\"" + resource.plural + "_links\":" + json::serialize(links);
  body += '}';
  return json_response(200, std::move(body));
}

}  // namespace

void list(const Shared& exchange, const dialect::Resource& resource) {
  auto query = parse_query(resource, exchange->target.params, exchange->core->options.page_max);
  if (!query) return exchange->answer(query.error());
  auto snapshot = exchange->core->cloud.snapshot();
  std::vector<model::Request> missing;
  if (resource.first_use) missing = resource.first_use(*snapshot, project_listed(*query, exchange->access->caller()));
  if (missing.empty()) return exchange->answer(listed(*exchange, resource, *query, *snapshot));
  exchange->core->cloud.write(
      std::move(missing), exchange->access->caller(),
      [exchange, &resource, query = std::move(*query), before = std::move(snapshot)](Result<Written> written) {
        // A cloud that cannot be written can still be read.
        exchange->answer_later(
            [=, &resource, at = written ? written->after : before] { return listed(*exchange, resource, query, *at); });
      });
}

void show(const Shared& exchange, const dialect::Resource& resource, const std::string& id) {
  std::vector<std::string> fields;  // all other words mean nothing here
  for (const auto& [name, value] : exchange->target.params)
    if (name == "fields") fields.push_back(value);
  if (const Status may = exchange->access->may_show(resource); !may) return exchange->answer(may.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const dialect::View view = exchange->view(*snapshot).of(*row);
  std::string body = "{\"" + resource.singular + "\":";
  RowText(RowText::Of::one).append(body, resource, view, fields, *exchange->access);
  body += '}';
  exchange->answer(json_response(200, std::move(body)));
}

}  // namespace tarn::api
