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

}  // namespace

void list(const Shared& exchange, const dialect::Resource& resource) {
  const auto query = parse_query(resource, exchange->target.params, exchange->core->options.page_max);
  if (!query) return exchange->answer(query.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  const dialect::View base = exchange->view(*snapshot);
  Among among;
  if (exchange->within) among.below = exchange->within->id;
  if (resource.made.all) among.made = &exchange->make(resource, *snapshot);
  const auto rows = select_rows(resource, *query, base, *exchange->access, among);
  if (!rows) return exchange->answer(rows.error());
  RowText rows_text;
  std::string body = "{\"" + resource.plural + "\":[";
  for (const auto& row : *rows) {
    if (!body.ends_with('[')) body += ',';
    rows_text.append(body, resource, base.of(row), query->fields, *exchange->access);
  }
  body += ']';
  const std::string first = rows->empty() ? "" : id_of(resource, base.of(rows->front()));
  const std::string last = rows->empty() ? "" : id_of(resource, base.of(rows->back()));
  const json::array links = page_links(*query, exchange->target.params, exchange->url_root + exchange->target.path,
                                       rows->size(), first, last);
  if (!links.empty()) body += ",\"" + resource.plural + "_links\":" + json::serialize(links);
  exchange->answer(json_response(200, body + '}'));
}

void show(const Shared& exchange, const dialect::Resource& resource, const std::string& id) {
  std::vector<std::string> fields;  // all other words mean nothing here
  for (const auto& [name, value] : exchange->target.params)
    if (name == "fields") fields.push_back(value);
  const auto snapshot = exchange->core->cloud.snapshot();
  const auto row = row_of(*exchange, resource, *snapshot, id);
  if (!row) return exchange->answer(row.error());
  const dialect::View view = exchange->view(*snapshot).of(*row);
  std::string body = "{\"" + resource.singular + "\":";
  RowText().append(body, resource, view, fields, *exchange->access);
  exchange->answer(json_response(200, body + '}'));
}

}  // namespace tarn::api
