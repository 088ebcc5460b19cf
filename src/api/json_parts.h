// Parts of a JSON object that may be missing or of another type: what is read from bodies is checked by what is found.
// Pure; refuses nothing itself.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace tarn::api {

inline const boost::json::object* object_at(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  return value ? value->if_object() : nullptr;
}

inline std::string text_at(const boost::json::object& object, std::string_view key) {  // empty: there is none
  const boost::json::value* value = object.if_contains(key);
  const boost::json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

}  // namespace tarn::api
