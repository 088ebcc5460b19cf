#include "identity/yaml_words.h"

#include <charconv>
#include <set>

namespace tarn::identity {
namespace {

constexpr std::size_t text_bytes_max = 255;  // of a name in the Identity API v3

}  // namespace

void refuse(const YAML::Node& at, const std::string& what) {
  throw YAML::RepresentationException(at.Mark(), what);
}

void each_field(const YAML::Node& map, const std::string& what, const Fields& fields) {
  if (!map.IsMap()) refuse(map, what + " is no map of keys");
  std::set<std::string> seen;
  for (const auto& entry : map) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    const auto field = fields.find(key);
    if (field == fields.end()) refuse(entry.first, what + " has the unknown key '" + key + "'");
    if (!seen.insert(key).second) refuse(entry.first, what + " has the key '" + key + "' twice");
    field->second(entry.second);
  }
}

Read each_item(const std::string& what, Read read) {
  return [what, read = std::move(read)](const YAML::Node& list) {
    if (!list.IsSequence()) refuse(list, what + " is no list");
    for (const auto& item : list) read(item);
  };
}

std::string text_of(const YAML::Node& node, const std::string& key) {
  const bool fits = node.IsScalar() && !node.Scalar().empty() && node.Scalar().size() <= text_bytes_max;
  if (!fits) refuse(node, key + " is no text of 1 to " + std::to_string(text_bytes_max) + " bytes");
  return node.Scalar();
}
Read text(std::string& into, const std::string& key) {
  return [&into, key](const YAML::Node& node) { into = text_of(node, key); };
}

Read truth(bool& into, const std::string& key) {
  return [&into, key](const YAML::Node& node) {
    if (!YAML::convert<bool>::decode(node, into)) refuse(node, key + " is neither true nor false");
  };
}

std::uint32_t number_of(const YAML::Node& node, const std::string& key, std::uint32_t least, std::uint32_t most) {
  const std::string digits = node.IsScalar() ? node.Scalar() : "";
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool number = error == std::errc() && end == digits.data() + digits.size();
  if (!number || value < least || value > most)
    refuse(node, key + " is no number from " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

std::unexpected<Error> complaint(const YAML::Exception& error) {
  const std::string line = error.mark.is_null() ? "" : "line " + std::to_string(error.mark.line + 1) + ": ";
  return fail(ErrorCode::invalid, line + error.msg);
}

}  // namespace tarn::identity
