// The query language of lists: filters, fields, sorting and paging, parsed against one resource of the table.
// Pure; knows no rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/dialect/attribute.h"

namespace tarn::api {

using Params = std::vector<std::pair<std::string, std::string>>;  // decoded, in the order given

struct Target {
  std::string path;                   // still encoded, for links
  std::vector<std::string> segments;  // decoded; no empty ones at the end
  Params params;
};

inline constexpr std::size_t params_max = 4096;

// "/v2.0/ports?name=a%20b" → path and parameters. Errors: invalid (not the origin form of RFC 9112 section 3.2.1).
Result<Target> parse_target(std::string_view target);
std::string encode_params(const Params& params);

struct Query {
  // All must hold; each holds when the attribute equals any of its values.
  struct Equals {
    const dialect::Attribute* attribute = nullptr;
    std::vector<dialect::json::value> values;
  };
  struct SortKey {
    const dialect::Attribute* attribute = nullptr;
    bool descending = false;
  };
  std::vector<Equals> equals;
  std::vector<std::function<bool(const dialect::View&)>> tests;
  std::vector<std::string> fields;  // empty: all
  std::vector<SortKey> sort;        // without the id that breaks ties
  std::size_t limit = 0;            // 0: everything
  std::optional<std::string> marker;
  bool reverse = false;
};

// Errors: invalid, naming every offender. `page_max`: longest page, applied silently; 0: none.
Result<Query> parse_query(const dialect::Resource& resource, const Params& params, std::size_t page_max);

}  // namespace tarn::api
