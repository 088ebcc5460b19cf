#include "api/policy_target.h"

#include "api/dialect/rows.h"

namespace tarn::api {
namespace {

using policy::Null;
using policy::Value;

bool is_project(std::string_view name) {
  return name == "tenant_id" || name == "project_id";
}

// Whose the row is, and whether the caller may use it: all that rules ask of a parent.
std::optional<Value> field_of(const dialect::View& row, std::string_view name) {
  return std::visit(
      [&](const auto* held) -> std::optional<Value> {
        if constexpr (requires { held->standard; }) {
          if (is_project(name)) return Value(std::string_view(held->standard.project_id));
          if (name == "shared") return Value(model::is_shared_with(row.snapshot, held->id.uuid, row.caller.project_id));
        }
        return std::nullopt;
      },
      row.row);
}

}  // namespace

std::optional<Value> RowTarget::keep(boost::json::value value) const {
  if (value.is_null()) return Value(Null{});
  if (value.is_bool()) return Value(value.get_bool());
  if (value.is_number()) value = std::to_string(value.to_number<std::int64_t>());
  if (!value.is_string()) return std::nullopt;
  return Value(std::string_view(kept_.emplace_back(std::move(value)).get_string()));
}

std::optional<Value> RowTarget::mapped(const dialect::Mapping& mapping) const {
  if (!mapping.read) return std::nullopt;
  return keep(mapping.read(row_));
}

std::optional<Value> RowTarget::parents(std::string_view name) const {
  const auto id = mapped(resource_.parent.id);
  const auto* text = id ? std::get_if<std::string_view>(&*id) : nullptr;
  const auto uuid = text ? Uuid::parse(*text) : Result<Uuid>(fail(ErrorCode::invalid, ""));
  const auto row = uuid ? dialect::find_row(row_.snapshot, resource_.parent.kind, *uuid) : std::nullopt;
  return row ? field_of(row_.of(*row), name) : std::nullopt;
}

std::optional<Value> RowTarget::value(std::string_view name) const {
  const std::string& parent = resource_.parent.word;
  if (!parent.empty() && name.size() > parent.size() && name.starts_with(parent) && name[parent.size()] == ':')
    return parents(name.substr(parent.size() + 1));
  if (is_project(name) && is_there())
    if (const auto project = field_of(row_, name)) return project;
  if (const auto* found = resource_.attribute(is_project(name) ? "project_id" : name)) return mapped(found->model);
  return name == "shared" && !parent.empty() ? parents(name) : std::nullopt;
}

std::optional<Value> GivenTarget::mapped(const dialect::Mapping& mapping) const {
  const std::string& field = mapping.field;
  if (const auto* given = field.empty() ? nullptr : given_.if_contains(field)) return keep(*given);
  if (!defaults_) return RowTarget::mapped(mapping);
  const auto* usual = field.empty() ? nullptr : defaults_->if_contains(field);
  return usual ? keep(*usual) : std::nullopt;
}

}  // namespace tarn::api
