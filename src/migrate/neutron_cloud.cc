#include "migrate/neutron_cloud.h"

#include <set>

namespace tarn::migrate {
namespace {

namespace json = boost::json;
using api::dialect::Resource;
using Objects = std::vector<json::object>;

constexpr std::size_t page = 500;

// Page after page. What knows no pages gives all at once, and again: an object that was seen ends it.
Result<Objects> read_all(const Get& get, const std::string& path, const std::string& root) {
  Objects all;
  std::set<std::string> seen;
  std::string marker;
  while (true) {
    const auto body =
        get("/v2.0/" + path + "?limit=" + std::to_string(page) + (marker.empty() ? "" : "&marker=" + marker));
    if (!body && body.error().code == ErrorCode::not_found && all.empty()) return all;
    if (!body) return fail(body.error());
    const auto* objects = body->is_object() ? body->get_object().if_contains(root) : nullptr;
    if (!objects || !objects->is_array())
      return fail(ErrorCode::corrupt, "/v2.0/" + path + " answers without '" + root + "'.");
    std::size_t fresh = 0;
    for (const json::value& each : objects->get_array()) {
      if (!each.is_object()) continue;
      marker = text_of(each.get_object(), "id");
      if (!marker.empty() && !seen.insert(marker).second) continue;
      all.push_back(each.get_object());
      ++fresh;
    }
    if (fresh < page || marker.empty()) return all;
  }
}

bool is_carried(const Resource& resource) {
  return resource.create && !resource.made.all;
}

Status read_below(const Get& get, const Resource& resource, NeutronCloud& cloud) {
  Objects all;
  for (const json::object& parent : cloud.collections[resource.parent.path]) {
    const std::string id = text_of(parent, "id");
    auto some = read_all(get, resource.parent.path + "/" + id + "/" + resource.collection(), resource.plural);
    if (!some) return fail(some.error());
    for (json::object& each : *some) {
      each["parent_id"] = id;
      all.push_back(std::move(each));
    }
  }
  cloud.collections[resource.parent.path + "/" + resource.collection()] = std::move(all);
  return {};
}

Result<std::vector<std::string>> read_aliases(const Get& get) {
  const auto body = get("/v2.0/extensions");
  if (!body) return fail(body.error());
  std::vector<std::string> aliases;
  const auto* all = body->is_object() ? body->get_object().if_contains("extensions") : nullptr;
  if (!all || !all->is_array()) return aliases;
  for (const json::value& each : all->get_array())
    if (each.is_object()) aliases.push_back(text_of(each.get_object(), "alias"));
  return aliases;
}

}  // namespace

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<NeutronCloud> read_neutron(const Get& get, const api::dialect::Table& table) {
  NeutronCloud cloud;
  auto aliases = read_aliases(get);
  if (!aliases) return fail(aliases.error());
  cloud.aliases = std::move(*aliases);
  for (const Resource& resource : table.resources) {
    if (!is_carried(resource) || !resource.parent.path.empty()) continue;
    auto all = read_all(get, resource.collection(), resource.plural);
    if (!all) return fail(all.error());
    cloud.collections[resource.collection()] = std::move(*all);
  }
  // Neutron lists the ranges of its configuration, too; here they are the configuration's.
  std::erase_if(cloud.collections["network_segment_ranges"], [](const json::object& range) {
    const auto* configured = range.if_contains("default");
    return configured && *configured == true;
  });
  for (const Resource& resource : table.resources) {
    if (!is_carried(resource) || resource.parent.path.empty()) continue;
    if (Status read = read_below(get, resource, cloud); !read) return fail(read.error());
  }
  auto quotas = read_all(get, "quotas", "quotas");
  if (!quotas) return fail(quotas.error());
  cloud.collections["quotas"] = std::move(*quotas);
  return cloud;
}

}  // namespace tarn::migrate
