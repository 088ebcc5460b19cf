// The objects of the API as policy rules see them: a row's attributes by the names that clients know, and its parent's
// behind "parent:". Each lives for the checks of one row; what it answers with lives as long.
#pragma once

#include <boost/json/object.hpp>
#include <list>
#include <string>

#include "api/dialect/attribute.h"
#include "policy/target.h"

namespace tarn::api {

// What belongs to a project and is no row of the table: a quota, a topology.
class ProjectTarget final : public policy::Target {
 public:
  explicit ProjectTarget(std::string_view project) : project_(project) {}
  [[nodiscard]] std::optional<policy::Value> value(std::string_view name) const override {
    if (name != "tenant_id" && name != "project_id") return std::nullopt;
    return policy::Value(project_);
  }

 private:
  std::string_view project_;
};

// Anything of a project, whose parent is the project's as well.
class OwnTarget final : public policy::Target {
 public:
  explicit OwnTarget(std::string_view project) : of_project_(project) {}
  [[nodiscard]] std::optional<policy::Value> value(std::string_view name) const override {
    return of_project_.value(name.substr(name.rfind(':') + 1));  // all of it, where there is no colon
  }

 private:
  ProjectTarget of_project_;
};

// What concerns no object at all.
class NoTarget final : public policy::Target {
 public:
  [[nodiscard]] std::optional<policy::Value> value(std::string_view) const override { return std::nullopt; }
};

// A row that is there.
class RowTarget : public policy::Target {
 public:
  RowTarget(const dialect::Resource& resource, const dialect::View& row) : resource_(resource), row_(row) {}

  [[nodiscard]] std::optional<policy::Value> value(std::string_view name) const override;

 protected:
  // What an attribute, or the parent's id, is.
  [[nodiscard]] virtual std::optional<policy::Value> mapped(const dialect::Mapping& mapping) const;
  [[nodiscard]] virtual bool is_there() const { return true; }
  [[nodiscard]] std::optional<policy::Value> keep(boost::json::value value) const;

  const dialect::Resource& resource_;
  const dialect::View& row_;

 private:
  [[nodiscard]] std::optional<policy::Value> parents(std::string_view name) const;

  mutable std::list<boost::json::value> kept_;  // what answers point at
};

// A row as it would be with `given` (the model's fields): over the one that is there, or, with `defaults`, a new one.
class GivenTarget final : public RowTarget {
 public:
  GivenTarget(const dialect::Resource& resource, const dialect::View& row, const boost::json::object& given,
              const boost::json::object* defaults)
      : RowTarget(resource, row), given_(given), defaults_(defaults) {}

 private:
  [[nodiscard]] std::optional<policy::Value> mapped(const dialect::Mapping& mapping) const override;
  [[nodiscard]] bool is_there() const override { return defaults_ == nullptr; }

  const boost::json::object& given_;
  const boost::json::object* defaults_;
};

}  // namespace tarn::api
