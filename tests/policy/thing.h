// A target made of a list of fields, for tests.
#pragma once

#include <map>
#include <string>

#include "policy/target.h"

namespace tarn::policy {

class Thing : public Target {
 public:
  using Fields = std::map<std::string, Value, std::less<>>;

  Thing() = default;
  explicit Thing(Fields fields) : fields_(std::move(fields)) {}

  [[nodiscard]] std::optional<Value> value(std::string_view name) const override {
    const auto found = fields_.find(name);
    return found == fields_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  Fields fields_;
};

}  // namespace tarn::policy
