#include "api/query.h"

#include <boost/url/params_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <charconv>
#include <map>

#include "api/dialect/types.h"

namespace tarn::api {
namespace {

namespace urls = boost::urls;

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::invalid, "HTTPBadRequest", std::move(message));
}

// Words that are no filters.
bool is_control(std::string_view word) {
  for (const char* each : {"fields", "sort_key", "sort_dir", "limit", "marker", "page_reverse", "verbose"})
    if (word == each) return true;
  return false;
}

struct Words {
  std::vector<std::string> order;  // of first appearance
  std::map<std::string, std::vector<std::string>> values;
};

Words group(const Params& params) {
  Words words;
  for (const auto& [name, value] : params) {
    auto& values = words.values[name];
    if (values.empty()) words.order.push_back(name);
    values.push_back(value);
  }
  return words;
}

Result<std::size_t> parse_limit(const std::string& text, std::size_t page_max) {
  std::int64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size() || limit < 0)
    return bad("'" + text + "' is not a valid limit: it must be an integer, 0 or more");
  const auto wanted = static_cast<std::size_t>(limit);
  return page_max > 0 && (wanted == 0 || wanted > page_max) ? page_max : wanted;
}

Status parse_sort(const dialect::Resource& resource, const Words& words, Query& query) {
  const auto of = [&](const char* name) {
    const auto found = words.values.find(name);
    return found == words.values.end() ? std::vector<std::string>{} : found->second;
  };
  const auto keys = of("sort_key");
  const auto dirs = of("sort_dir");
  if (keys.size() != dirs.size() && !dirs.empty()) return bad("The number of sort_keys and sort_dirs must be same");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto* attribute = resource.attribute(keys[i]);
    if (!attribute || !attribute->sort || !attribute->model.read)
      return bad("['" + keys[i] + "'] is invalid attribute for sort_keys");
    if (!dirs.empty() && dirs[i] != "asc" && dirs[i] != "desc")
      return bad("'" + dirs[i] + "' is invalid value for sort_dirs, valid value is 'asc' and 'desc'");
    query.sort.push_back({attribute, !dirs.empty() && dirs[i] == "desc"});
  }
  // What comes after the id decides nothing, and rows are in its order by themselves.
  if (resource.made.all) return {};
  const auto id = std::ranges::find(query.sort, "id", [](const auto& key) { return key.attribute->name; });
  if (id == query.sort.end()) return {};
  query.sort.erase(id->descending ? id + 1 : id, query.sort.end());
  return {};
}

Status parse_paging(const Words& words, std::size_t page_max, Query& query) {
  query.limit = page_max;
  if (const auto found = words.values.find("limit"); found != words.values.end()) {
    const auto limit = parse_limit(found->second.back(), page_max);
    if (!limit) return fail(limit.error());
    query.limit = *limit;
  }
  if (const auto found = words.values.find("marker"); found != words.values.end()) query.marker = found->second.back();
  if (const auto found = words.values.find("page_reverse"); found != words.values.end()) {
    const auto reverse = dialect::boolean_word(found->second.back());
    if (!reverse) return fail(reverse.error());
    query.reverse = *reverse;
  }
  return {};
}

// False: no attribute and no filter of that name.
Result<bool> add_filter(const dialect::Resource& resource, const std::string& name,
                        const std::vector<std::string>& values, Query& query) {
  for (const auto& filter : resource.filters) {
    if (filter.name != name) continue;
    auto test = filter.make(values);
    if (!test) return fail(test.error());
    query.tests.push_back(std::move(*test));
    return true;
  }
  const auto* attribute = resource.attribute(name);
  if (!attribute || !attribute->filter || !attribute->model.read) return false;
  Query::Equals equals{attribute, {}};
  for (const std::string& text : values) {
    auto value = attribute->type.from_text(text);
    if (!value)
      return fail(ErrorCode::invalid, "InvalidInput", "Invalid input for operation: " + value.error().message + ".");
    if (*value) equals.values.push_back(std::move(**value));
  }
  query.equals.push_back(std::move(equals));
  return true;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  const auto parsed = urls::parse_origin_form(target);
  if (!parsed) return bad("The request's target is not a valid URI: " + parsed.error().message() + ".");
  Target out;
  out.path = std::string(parsed->encoded_path());
  for (const auto& segment : parsed->segments()) out.segments.emplace_back(segment);
  while (!out.segments.empty() && out.segments.back().empty()) out.segments.pop_back();
  const auto params = parsed->params();
  if (params.size() > params_max) return bad("The query has more than " + std::to_string(params_max) + " parameters.");
  for (const auto& param : params)
    if (!param.key.empty()) out.params.emplace_back(param.key, param.value);
  return out;
}

std::string encode_params(const Params& params) {
  urls::url url;
  for (const auto& [name, value] : params) url.params().append({name, value});
  return std::string(url.encoded_query());
}

Result<Query> parse_query(const dialect::Resource& resource, const Params& params, std::size_t page_max) {
  const Words words = group(params);
  Query query;
  std::string unknown;
  for (const std::string& name : words.order) {
    const auto& values = words.values.at(name);
    if (name == "fields") query.fields = values;
    if (is_control(name)) continue;
    const auto known = add_filter(resource, name, values, query);
    if (!known) return fail(known.error());
    if (!*known) unknown += (unknown.empty() ? "'" : ", '") + name + "'";
  }
  for (const auto& filter : resource.filters) {
    if (filter.absent.empty() || words.values.contains(filter.name)) continue;
    if (const auto usual = add_filter(resource, filter.name, {filter.absent}, query); !usual)
      return fail(usual.error());
  }
  if (!unknown.empty()) return bad("[" + unknown + "] is invalid attribute for filtering");
  if (const auto sorted = parse_sort(resource, words, query); !sorted) return fail(sorted.error());
  if (const auto paged = parse_paging(words, page_max, query); !paged) return fail(paged.error());
  return query;
}

}  // namespace tarn::api
