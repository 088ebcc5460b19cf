#include "comparison.h"

#include <regex>

namespace tarn::test {
namespace {

struct Known {
  const char* pattern;
  const char* row;  // of docs/differences.md
};

const std::vector<Known>& known_differences() {
  static const std::vector<Known> all{};
  return all;
}

std::string code_of(const Told& told) {
  return std::to_string(told.status) + (told.type.empty() ? "" : " " + told.type);
}

// Paths of what differs, without the places in lists.
void differing(const json::value& left, const json::value& right, const std::string& path,
               std::set<std::string>& paths) {
  if (left == right) return;
  if (left.is_object() && right.is_object()) {
    for (const auto& [key, value] : left.as_object()) {
      const json::value* other = right.as_object().if_contains(key);
      if (other == nullptr)
        paths.insert(path + "/" + std::string(key) + " (not in Neutron)");
      else
        differing(value, *other, path + "/" + std::string(key), paths);
    }
    for (const auto& [key, value] : right.as_object())
      if (!left.as_object().contains(key)) paths.insert(path + "/" + std::string(key) + " (not here)");
    return;
  }
  if (left.is_array() && right.is_array() && left.as_array().size() == right.as_array().size()) {
    for (std::size_t i = 0; i < left.as_array().size(); ++i) differing(left.at(i), right.at(i), path + "/*", paths);
    return;
  }
  paths.insert(path + (left.is_array() && right.is_array() ? " (length)" : ""));
}

}  // namespace

std::string difference(const Told& tarn, const Told& neutron) {
  if (tarn.status != neutron.status || tarn.type != neutron.type) return code_of(tarn) + " <> " + code_of(neutron);
  std::set<std::string> paths;
  if (tarn.status < 300) differing(tarn.body, neutron.body, "", paths);
  std::string text;
  for (const std::string& path : paths) text += (text.empty() ? "body: " : ", ") + path;
  return text;
}

bool is_known_difference(const std::string& what) {
  return std::ranges::any_of(
      known_differences(), [&what](const Known& known) { return std::regex_search(what, std::regex(known.pattern)); });
}

void Differences::add(const std::string& what, const Request& request, const Told& tarn, const Told& neutron) {
  Class& entry = classes_[what];
  if (entry.count++ > 0) return;
  entry.example = request.text() + "\n      Tarn    " + std::to_string(tarn.status) + " " +
                  (tarn.status < 300 ? json::serialize(tarn.body) : tarn.message) + "\n      Neutron " +
                  std::to_string(neutron.status) + " " +
                  (neutron.status < 300 ? json::serialize(neutron.body) : neutron.message);
}

std::vector<std::string> Differences::unknown() const {
  std::vector<std::string> texts;
  for (const auto& [what, entry] : classes_)
    if (!is_known_difference(what))
      texts.push_back(what + "  x" + std::to_string(entry.count) + "\n      " + entry.example);
  return texts;
}

}  // namespace tarn::test
