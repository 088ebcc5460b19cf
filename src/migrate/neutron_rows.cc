#include "migrate/neutron_rows.h"

#include <boost/json/serialize.hpp>

#include "api/dialect/rows.h"
#include "api/dialect/types.h"
#include "migrate/special_rows.h"
#include "model/codec.h"

namespace tarn::migrate {
namespace {

namespace json = boost::json;
using api::dialect::Attribute;
using api::dialect::Resource;
using model::Kind;

// Each kind after those that its rows stand on. A router's ports come before it: its gateways are among them.
constexpr Kind order[] = {
    Kind::quota,
    Kind::address_scope,
    Kind::subnetpool,
    Kind::qos_policy,
    Kind::qos_rule,
    Kind::network,
    Kind::segment,
    Kind::network_segment_range,
    Kind::subnet,
    Kind::address_group,
    Kind::security_group,
    Kind::security_group_rule,
    Kind::default_security_group_rule,
    Kind::default_statefulness,
    Kind::rbac_policy,
    Kind::port,
    Kind::trunk,
    Kind::tap_service,
    Kind::tap_flow,
    Kind::tap_mirror,
    Kind::service_profile,
    Kind::flavor,
    Kind::router,
    Kind::conntrack_helper,
    Kind::floatingip,
    Kind::port_forwarding,
    Kind::ndp_proxy,
    Kind::local_ip,
    Kind::local_ip_association,
    Kind::metering_label,
    Kind::metering_label_rule,
    Kind::log,
    Kind::bgp_peer,
    Kind::bgp_speaker,
};

json::object defaults_of(Kind kind) {
  return model::to_json(model::row_from_json(kind, {}).value());
}

// Says nothing that would be lost.
bool is_empty(const json::value& value) {
  if (const auto* text = value.if_string()) return text->empty();
  if (const auto* list = value.if_array()) return list->empty();
  if (const auto* object = value.if_object()) return object->empty();
  return value.is_null() || value == false;
}

// One object on its way to a row.
class Conversion {
 public:
  Conversion(const Resource& resource, const json::object& object, Carried& out)
      : resource_(resource), object_(object), out_(out), fields_(defaults_of(resource.kind)) {}

  // Nothing when the object cannot be carried; then `left` says why.
  std::optional<json::object> row() {
    row_["kind"] = model::name_of(resource_.kind);
    for (const auto& [name, value] : object_)
      if (!take(std::string(name), value)) return std::nullopt;
    return std::move(row_);
  }

 private:
  void leave(const std::string& name, const std::string& why) {
    const auto* id = object_.if_contains("id");
    const std::string text = id && id->is_string() ? std::string(id->get_string()) : "without id";
    out_.left.push_back(resource_.singular + " " + text + ": " + name + ": " + why);
  }

  bool take_common(const std::string& name, const json::value& value) {
    if (name == "id") row_["id"] = value;
    if (name == "revision_number" && value.is_number()) row_["revision_number"] = value;
    for (const auto& [said, field] : {std::pair("created_at", "created_at_ms"), {"updated_at", "updated_at_ms"}}) {
      if (name != said || !value.is_string() || !fields_.contains(field)) continue;
      if (const auto time = api::dialect::parse_iso_time(value.get_string())) row_[field] = *time;
    }
    // Their own path writes them, not the row's attribute.
    if (name == "tags" && fields_.contains("tags"))
      if (const auto tags = api::dialect::tags().accept(value)) row_["tags"] = *tags;
    if (name == "tenant_id" && value.is_string() && fields_.contains("project_id")) row_["project_id"] = value;
    static constexpr std::string_view common[] = {"id",        "revision_number", "created_at", "updated_at",
                                                  "tenant_id", "parent_id",       "location",   "tags"};
    return std::ranges::find(common, name) != std::end(common);
  }

  // False: the object cannot be carried without it.
  bool take(const std::string& name, const json::value& value) {
    if (take_common(name, value)) return true;
    const Attribute* attribute = resource_.attribute(name);
    if (!attribute) {
      if (!is_empty(value) && !is_told_elsewhere(resource_.kind, name))
        leave(name, "is not served here: " + json::serialize(value));
      return true;
    }
    if (!attribute->in_post() && !attribute->in_put()) return true;
    if (!fields_.contains(attribute->model.field)) return true;
    if (value.is_null() && (attribute->null_is_absent || fields_.at(attribute->model.field).is_null())) return true;
    const auto good = attribute->type.accept(value);
    if (good) {
      row_[attribute->model.field] = *good;
    } else if (!is_empty(value)) {
      leave(name, good.error().message);
      return false;
    }
    return true;
  }

  const Resource& resource_;
  const json::object& object_;
  Carried& out_;
  json::object fields_;
  json::object row_;
};

std::string collection_of(const Resource& resource) {
  return (resource.parent.path.empty() ? "" : resource.parent.path + "/") + resource.collection();
}

void carry(const NeutronCloud& cloud, const Resource& resource, Carried& out) {
  const auto objects = cloud.collections.find(collection_of(resource));
  if (objects == cloud.collections.end()) return;
  for (const json::object& object : objects->second) {
    auto row = Conversion(resource, object, out).row();
    if (!row) continue;
    if (const auto* parent = object.if_contains("parent_id")) (*row)[resource.parent.id.field] = *parent;
    auto whole = finish(cloud, resource, object, std::move(*row), out.left);
    if (!whole) continue;
    out.rows.push_back(std::move(*whole));
    if (resource.kind != Kind::network) continue;
    if (auto segment = segment_of(cloud, out.rows.back())) out.rows.push_back(std::move(*segment));
  }
}

}  // namespace

Carried rows_of(const NeutronCloud& cloud, const api::dialect::Table& table) {
  Carried out;
  for (const Kind kind : order) {
    if (kind == Kind::quota) add_quotas(cloud, out.rows);
    for (const Resource& resource : table.resources)
      if (resource.kind == kind && resource.create && !resource.made.all) carry(cloud, resource, out);
  }
  return out;
}

}  // namespace tarn::migrate
