// From a request's body to the model's request: parsing with bounded depth, and every check that one attribute's row
// of the table states. What needs the cloud's state is left to model::admit. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "api/dialect/attribute.h"

namespace tarn::api {

inline constexpr std::size_t body_depth_max = 32;
inline constexpr std::size_t bulk_max = 4096;  // objects in one POST

struct Items {
  std::vector<boost::json::object> items;
  bool bulk = false;  // the root was the plural: the answer's is, too
};

// {"port": {…}}, or {"ports": [{…}, …]} where `resource.bulk` and `bulk_allowed`.
Result<Items> parse_body(const dialect::Resource& resource, std::string_view body, bool bulk_allowed);

// The model's `given` for a new row. The caller's project is filled in when the body names none; only who works
// everywhere may name another.
Result<boost::json::object> given_to_create(const dialect::Resource& resource, const boost::json::object& body,
                                            const model::Caller& caller);
Result<boost::json::object> given_to_update(const dialect::Resource& resource, const boost::json::object& body);

// The model's `given` for an action on a row: attributes of its body and nothing else. No text is no attributes.
Result<boost::json::object> given_to_act(const dialect::Action& action, std::string_view text,
                                         const dialect::View& row);

// Any JSON text, depth bounded. Errors: invalid.
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace tarn::api
