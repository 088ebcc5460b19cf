#include "api/list.h"

#include <algorithm>

#include "api/dialect/rows.h"

namespace tarn::api {
namespace {

using dialect::Resource;
using dialect::RowRef;
using dialect::View;
namespace json = dialect::json;

int rank(const json::value& value) {
  if (value.is_null()) return 0;
  if (value.is_bool()) return 1;
  return value.is_number() ? 2 : 3;
}

// Nulls first, then by value; attributes that can be sorted hold no lists and no objects.
std::strong_ordering order(const json::value& a, const json::value& b) {
  if (rank(a) != rank(b)) return rank(a) <=> rank(b);
  if (a.is_bool()) return a.get_bool() <=> b.get_bool();
  if (a.is_string()) return std::string_view(a.get_string()).compare(b.get_string()) <=> 0;
  if (a.is_number()) return a.to_number<std::int64_t>() <=> b.to_number<std::int64_t>();
  return std::strong_ordering::equal;
}

struct Keyed {
  Uuid id;
  RowRef row;
  std::vector<json::value> keys;
};

// What is selected for whom: every attribute is asked for through this.
struct Selection {
  const Resource& resource;
  const Query& query;
  const Access& access;
  const Among& among;

  [[nodiscard]] json::value read(const dialect::Attribute& attribute, const View& view) const {
    return access.sees(resource, attribute, view) ? attribute.model.read(view) : json::value(nullptr);
  }
};

Keyed keyed(const Selection& wanted, const View& view, const Uuid& id) {
  Keyed out{id, view.row, {}};
  out.keys.reserve(wanted.query.sort.size());
  for (const auto& key : wanted.query.sort) out.keys.push_back(wanted.read(*key.attribute, view));
  return out;
}

// In the direction of the page: a reversed page is the forward page of the reversed order.
bool before(const Query& query, const Keyed& a, const Keyed& b) {
  for (std::size_t i = 0; i < query.sort.size(); ++i) {
    const auto difference = order(a.keys[i], b.keys[i]);
    if (difference != 0) return (difference < 0) != (query.sort[i].descending != query.reverse);
  }
  return query.reverse ? b.id < a.id : a.id < b.id;
}

// A list equals what it holds.
bool equals_one(const json::value& shown, const std::vector<json::value>& values) {
  const auto named = [&](const json::value& value) { return std::ranges::find(values, value) != values.end(); };
  return shown.is_array() ? std::ranges::any_of(shown.get_array(), named) : named(shown);
}

bool matches(const Selection& wanted, const View& view) {
  if (wanted.resource.among && !wanted.resource.among(view)) return false;
  if (!wanted.access.sees(wanted.resource, view)) return false;
  for (const auto& equals : wanted.query.equals) {
    if (!wanted.access.sees(wanted.resource, *equals.attribute, view)) return false;
    if (!equals_one(equals.attribute->model.read(view), equals.values)) return false;
  }
  return std::ranges::all_of(wanted.query.tests, [&](const auto& test) { return test(view); });
}

// The ids that can match at all, in no order, when the filter `id`, an index or who asks tells them.
std::optional<std::vector<Uuid>> candidates(const Selection& wanted, const model::Snapshot& snapshot) {
  const Resource& resource = wanted.resource;
  if (wanted.among.below) return snapshot.referrers(*wanted.among.below, resource.kind);
  std::vector<Uuid> ids;
  for (const auto& equals : wanted.query.equals) {
    if (equals.attribute->name != "id") continue;
    for (const auto& value : equals.values)
      if (const auto id = Uuid::parse(value.get_string())) ids.push_back(*id);
    return ids;
  }
  for (const auto& equals : wanted.query.equals) {
    const auto index = std::ranges::find(resource.indexes, equals.attribute->name, &dialect::Index::attribute);
    if (index == resource.indexes.end()) continue;
    for (const auto& value : equals.values) {
      const auto found = index->find(snapshot, value);
      if (!found) return std::nullopt;
      ids.insert(ids.end(), found->begin(), found->end());
    }
    return ids;
  }
  return model::candidates(snapshot, resource.kind, wanted.access.caller());
}

using Visit = std::function<bool(const Uuid&, RowRef)>;

void visit_rows(const Selection& wanted, const model::Snapshot& snapshot, const std::optional<Uuid>& after,
                const Visit& visit) {
  const Resource& resource = wanted.resource;
  auto ids = candidates(wanted, snapshot);
  if (!ids) return dialect::walk_rows(snapshot, resource.kind, after, visit);
  std::ranges::sort(*ids);
  ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
  for (const Uuid& id : *ids) {
    if (after && id <= *after) continue;
    const auto row = dialect::find_row(snapshot, resource.kind, id);
    if (row && !visit(id, *row)) return;
  }
}

// Made objects have the order in which they were made.
Uuid place_of(std::size_t index) {
  return Uuid::random(0, index + 1);
}

void visit_made(const std::vector<dialect::Made>& made, const std::optional<Uuid>& after, const Visit& visit) {
  for (std::size_t i = 0; i < made.size(); ++i)
    if ((!after || place_of(i) > *after) && !visit(place_of(i), &made[i])) return;
}

std::optional<Uuid> marked(const Selection& wanted, const std::string& marker) {
  if (!wanted.among.made) {
    const auto id = Uuid::parse(marker);
    return id ? std::optional(*id) : std::nullopt;
  }
  for (std::size_t i = 0; i < wanted.among.made->size(); ++i) {
    const auto* word = (*wanted.among.made)[i].if_contains(wanted.resource.made.id);
    if (word && *word == json::value(json::string(marker))) return place_of(i);
  }
  return std::nullopt;
}

std::optional<RowRef> row_at(const Selection& wanted, const model::Snapshot& snapshot, const Uuid& place) {
  if (!wanted.among.made) return dialect::find_row(snapshot, wanted.resource.kind, place);
  for (std::size_t i = 0; i < wanted.among.made->size(); ++i)
    if (place_of(i) == place) return &(*wanted.among.made)[i];
  return std::nullopt;
}

std::unexpected<Error> no_marker(const Resource& resource, const std::string& marker) {
  return fail(ErrorCode::not_found, resource.not_found,
              "The marker " + marker + " names no " + resource.singular + ".");
}

void visit(const Selection& wanted, const model::Snapshot& snapshot, const std::optional<Uuid>& after,
           const Visit& row) {
  if (wanted.among.made)
    visit_made(*wanted.among.made, after, row);
  else
    visit_rows(wanted, snapshot, after, row);
}

// By id and forward: a page is found without looking at what stands before or after it. The marker's row may be gone
// by now; its place in the order is not.
std::vector<RowRef> next_rows(const Selection& wanted, const View& base, const std::optional<Uuid>& marker) {
  std::vector<RowRef> rows;
  visit(wanted, base.snapshot, marker, [&](const Uuid&, RowRef row) {
    if (matches(wanted, base.of(row))) rows.push_back(row);
    return wanted.query.limit == 0 || rows.size() < wanted.query.limit;
  });
  return rows;
}

// The first rows of any other order, of however many it is shown. Holds at most two pages of them.
class Page {
  [[nodiscard]] auto earlier() const {
    return [this](const Keyed& a, const Keyed& b) { return before(query_, a, b); };
  }

 public:
  Page(const Query& query, std::optional<Keyed> marker) : query_(query), marker_(std::move(marker)) {}

  void add(Keyed row) {
    if (marker_ && !before(query_, *marker_, row)) return;
    found_.push_back(std::move(row));
    if (query_.limit > 0 && found_.size() >= 2 * query_.limit) cut();
  }

  std::vector<RowRef> rows() {
    if (query_.limit > 0 && found_.size() > query_.limit) cut();
    std::ranges::sort(found_, earlier());
    if (query_.reverse) std::ranges::reverse(found_);
    std::vector<RowRef> rows;
    for (const Keyed& each : found_) rows.push_back(each.row);
    return rows;
  }

 private:
  void cut() {
    const auto end = found_.begin() + static_cast<std::ptrdiff_t>(query_.limit);
    std::ranges::nth_element(found_, end, earlier());
    found_.erase(end, found_.end());
  }

  const Query& query_;
  std::optional<Keyed> marker_;
  std::vector<Keyed> found_;
};

}  // namespace

Result<std::vector<RowRef>> select_rows(const Resource& resource, const Query& query, const View& base,
                                        const Access& access, const Among& among) {
  const Selection wanted{resource, query, access, among};
  std::optional<Uuid> marker;
  if (query.marker) {
    marker = marked(wanted, *query.marker);
    if (!marker) return no_marker(resource, *query.marker);
  }
  if (query.sort.empty() && !query.reverse) return next_rows(wanted, base, marker);
  std::optional<Keyed> at;
  if (marker) {
    const auto row = row_at(wanted, base.snapshot, *marker);
    if (!row && !query.sort.empty()) return no_marker(resource, *query.marker);
    at = row ? keyed(wanted, base.of(*row), *marker) : Keyed{*marker, {}, {}};
  }
  Page page(query, std::move(at));
  visit(wanted, base.snapshot, std::nullopt, [&](const Uuid& id, RowRef row) {
    const View view = base.of(row);
    if (matches(wanted, view)) page.add(keyed(wanted, view, id));
    return true;
  });
  return page.rows();
}

json::array page_links(const Query& query, const Params& params, const std::string& url, std::size_t rows,
                       const std::string& first, const std::string& last) {
  json::array links;
  if (query.limit == 0) return links;
  const auto link = [&](std::string_view rel, const std::string& marker, bool reverse) {
    Params next;
    for (const auto& param : params)
      if (param.first != "marker" && param.first != "page_reverse") next.push_back(param);
    if (!marker.empty()) next.emplace_back("marker", marker);
    if (reverse) next.emplace_back("page_reverse", "True");
    links.push_back({{"rel", rel}, {"href", url + "?" + encode_params(next)}});
  };
  const bool full = rows >= query.limit;
  if (full || query.reverse) link("next", last, false);
  if (full || !query.reverse) link("previous", first, true);
  return links;
}

}  // namespace tarn::api
