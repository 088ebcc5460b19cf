// Objects inside attributes, as types: which keys one has, and what the model calls them. Nothing else than those keys
// is taken.
#pragma once

#include "api/dialect/types.h"

namespace tarn::api::dialect {

// One key of an object.
struct Part {
  std::string_view api;
  std::string_view model;
  Type type;
  bool required = true;
};

// The object in the model's words. `what` is how a refusal calls it.
Result<json::value> record(const json::value& entry, const std::string& what, const std::vector<Part>& parts);

// A list of such objects, none of them twice; null is the empty list.
Type list_of(std::string words, std::string what, std::vector<Part> parts);

}  // namespace tarn::api::dialect
