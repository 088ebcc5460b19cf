// All that a running Neutron tells an administrator through its public API, collection by collection, as it says it.
// Reads only; what the objects mean is neutron_rows.h's.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/dialect/attribute.h"

namespace tarn::migrate {

// GET of a target ("/v2.0/ports?limit=2"); its body. ErrorCode::not_found: there is no such path.
using Get = std::function<Result<boost::json::value>(const std::string& target)>;

struct NeutronCloud {
  // By the collection's path below /v2.0 ("security-groups"); for what stands below items
  // "floatingips/port_forwardings", each object then has its parent's id as "parent_id".
  std::map<std::string, std::vector<boost::json::object>> collections;
  std::vector<std::string> aliases;  // what it can do
};

// A text that the object says; empty where it says none.
std::string text_of(const boost::json::object& object, std::string_view name);

// Errors: those of `get`, but a collection that is not there is empty.
Result<NeutronCloud> read_neutron(const Get& get, const api::dialect::Table& table);

}  // namespace tarn::migrate
