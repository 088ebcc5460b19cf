// The values that attributes draw.
#pragma once

#include "kinds.h"

namespace tarn::test {

Value name();     // a short name, an empty one, or one too long
Value text();     // of a description
Value flag();     // true and false as JSON, and as clients spell them
Value none();     // null
Value cidr();     // of a few IPv4 networks that overlap
Value address();  // inside of those
Value number(int least, int most);
Value of(std::vector<json::value> values);
Value any_of(std::vector<Value> values);
Value list(Value item, std::uint32_t most);
Value struct_of(std::vector<std::pair<std::string, Value>> members);
Value object(std::string kind);

}  // namespace tarn::test
