// How files of ours are read from YAML: each key known and given once, each value of its kind, each error with its
// line. yaml-cpp reports by exceptions and so do these; a reader catches them where it ends (complaint).
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"

namespace tarn::identity {

[[noreturn]] void refuse(const YAML::Node& at, const std::string& what);

using Read = std::function<void(const YAML::Node&)>;
using Fields = std::map<std::string, Read>;

// Gives each value of a map to the reader of its key. `what` names the map in errors: "a user".
void each_field(const YAML::Node& map, const std::string& what, const Fields& fields);
// A reader of lists that gives each item to `read`.
Read each_item(const std::string& what, Read read);

// Text of 1 to 255 bytes.
std::string text_of(const YAML::Node& node, const std::string& key);
std::uint32_t number_of(const YAML::Node& node, const std::string& key, std::uint32_t least, std::uint32_t most);

// Readers into a variable that outlives them.
Read text(std::string& into, const std::string& key);
Read truth(bool& into, const std::string& key);

// "line 3: …"
std::unexpected<Error> complaint(const YAML::Exception& error);

}  // namespace tarn::identity
