#include "api/body.h"

#include <boost/json/parse.hpp>

#include "api/dialect/refusal.h"

namespace tarn::api {
namespace {

using dialect::Attribute;
using dialect::Resource;
namespace json = boost::json;

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::invalid, "HTTPBadRequest", std::move(message));
}

Status check_known(const Resource& resource, const json::object& body) {
  std::string unknown;
  for (const auto& [name, value] : body) {
    if (!resource.attribute(std::string_view(name)))
      unknown += (unknown.empty() ? "" : ", ") + dialect::plain(json::value(name));
  }
  if (unknown.empty()) return {};
  return bad("Unrecognized attribute(s) '" + unknown + "'");
}

// Validates one attribute and puts its canonical value into `given`.
Status take(const Attribute& attribute, const json::value& value, json::object& given) {
  if (value.is_null() && attribute.null_is_absent) return {};
  auto good = attribute.type.accept(value);
  if (!good) {
    Error error = good.error();
    if (error.code != ErrorCode::invalid) return fail(std::move(error));
    error.message = "Invalid input for " + attribute.name + ". Reason: " + error.message + ".";
    return fail(std::move(error));
  }
  if (!attribute.model.field.empty()) given.insert_or_assign(attribute.model.field, std::move(*good));
  return {};
}

// The project of a new row: what the body says under either name, else the caller's.
Result<std::string> project_of(const json::object& body, const model::Caller& caller) {
  const auto* project = body.if_contains("project_id");
  const auto* tenant = body.if_contains("tenant_id");
  if (project && tenant && *project != *tenant) return bad("'project_id' and 'tenant_id' do not match");
  const auto* named = project ? project : tenant;
  if (!named) return caller.project_id;
  const bool nobodys = named->is_null();  // where the attribute's type lets it be
  if (!nobodys && !named->is_string()) return bad("Invalid input for project_id. Reason: it is not a string.");
  std::string wanted = nobodys ? std::string() : std::string(named->get_string());
  if (!caller.everywhere && wanted != caller.project_id)
    return bad(
        "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin "
        "privileges");
  return wanted;
}

// An entry of a list: the object, or, as one alone is written, an object under its name.
json::object* object_in(json::value& entry, const std::string& name) {
  json::object* object = entry.if_object();
  json::value* named = object ? object->if_contains(name) : nullptr;
  return named ? named->if_object() : object;
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = body_depth_max;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return bad("The server could not read the body as JSON: " + error.message() + ".");
  return value;
}

Result<Items> parse_body(const Resource& resource, std::string_view body, bool bulk_allowed) {
  auto parsed = parse_json(body);
  if (!parsed) return fail(parsed.error());
  if (!parsed->is_object()) return bad("Unable to find '" + resource.singular + "' in request body");
  auto& root = parsed->get_object();
  Items out;
  if (auto* one = root.if_contains(resource.singular)) {
    if (!one->is_object()) return bad("'" + resource.singular + "' is not an object");
    out.items.push_back(std::move(one->get_object()));
    return out;
  }
  auto* many = root.if_contains(resource.plural);
  if (!many) return bad("Unable to find '" + resource.singular + "' in request body");
  if (!bulk_allowed || !resource.bulk) return bad("Bulk operation not supported");
  if (!many->is_array() || many->get_array().empty())
    return bad("Resources required: '" + resource.plural + "' is a list of at least one object");
  if (many->get_array().size() > bulk_max) return bad("More than " + std::to_string(bulk_max) + " objects at once");
  out.bulk = true;
  for (auto& item : many->get_array()) {
    json::object* object = object_in(item, resource.singular);
    if (!object) return bad("An entry of '" + resource.plural + "' is not an object");
    out.items.push_back(std::move(*object));
  }
  return out;
}

Result<json::object> given_to_create(const Resource& resource, const json::object& body, const model::Caller& caller) {
  if (const auto known = check_known(resource, body); !known) return fail(known.error());
  json::object given;
  for (const Attribute& attribute : resource.attributes) {
    const auto* value = body.if_contains(attribute.name);
    if (!value) {
      if (attribute.required)
        return bad("Failed to parse request. Required attribute '" + attribute.name + "' not specified");
      continue;
    }
    if (!attribute.in_post()) return bad("Attribute '" + attribute.name + "' not allowed in POST");
    if (const auto taken = take(attribute, *value, given); !taken) return fail(taken.error());
  }
  if (resource.attribute("project_id")) {
    auto project = project_of(body, caller);
    if (!project) return fail(project.error());
    given.insert_or_assign("project_id", std::move(*project));
  }
  if (resource.check)
    if (const auto checked = resource.check(body); !checked) return fail(checked.error());
  return given;
}

Result<json::object> given_to_update(const Resource& resource, const json::object& body) {
  if (const auto known = check_known(resource, body); !known) return fail(known.error());
  json::object given;
  for (const Attribute& attribute : resource.attributes) {
    const auto* value = body.if_contains(attribute.name);
    if (!value) continue;
    if (!attribute.in_put()) return bad("Cannot update read-only attribute " + attribute.name);
    if (const auto taken = take(attribute, *value, given); !taken) return fail(taken.error());
  }
  return given;
}

Result<json::object> given_to_act(const dialect::Action& action, std::string_view text, const dialect::View& row) {
  json::object body;
  if (!text.empty() || !action.body.empty()) {
    auto parsed = parse_json(text);
    if (!parsed) return fail(parsed.error());
    const auto* object = parsed->if_object();
    if (object && !action.root.empty())
      object = object->contains(action.root) ? object->at(action.root).if_object() : nullptr;
    if (!object)
      return bad("The body of " + action.name + " is not an object" +
                 (action.root.empty() ? "" : " under '" + action.root + "'"));
    body = *object;
  }
  json::object given;
  std::size_t known = 0;
  for (const Attribute& attribute : action.body) {
    const auto* value = body.if_contains(attribute.name);
    if (!value && attribute.required) return bad("The body of " + action.name + " needs '" + attribute.name + "'");
    if (!value) continue;
    ++known;
    if (const auto taken = take(attribute, *value, given); !taken) return fail(taken.error());
  }
  if (body.size() != known) return bad("The body of " + action.name + " has more than it takes");
  return action.given ? action.given(std::move(given), row) : given;
}

}  // namespace tarn::api
