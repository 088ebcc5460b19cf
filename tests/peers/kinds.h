// What a story asks for: the kinds of resources, and of each attribute the values that it draws, good ones and bad.
#pragma once

#include <functional>
#include <map>

#include "rt/choice.h"
#include "side.h"

namespace tarn::test {

// The objects that a story has made so far, by kind, as symbols.
using Objects = std::map<std::string, std::vector<std::string>>;

struct Draw {
  rt::Choice& choice;
  const Objects& objects;

  [[nodiscard]] std::uint32_t below(std::uint32_t bound) const { return choice.below(bound); }
  [[nodiscard]] bool one_of(std::uint32_t many) const { return choice.below(many) == 0; }
  template <class C>
  [[nodiscard]] const auto& any(const C& values) const {
    return values[choice.below(static_cast<std::uint32_t>(values.size()))];
  }
  // "${symbol}" of an object of that kind, rarely of another, or an id that nothing has.
  [[nodiscard]] json::value reference(const std::string& kind) const;
};

using Value = std::function<json::value(const Draw&)>;

struct KindAttribute {
  const char* name;
  Value value;
  enum Need : std::uint8_t { always, often, rarely, when_made, when_changed } need = rarely;
};

struct Kind {
  std::string name;        // of the member in a body: "network"
  std::string collection;  // "networks"
  std::string path;        // "/v2.0/networks"; with a parent "/v2.0/qos/policies/${}/bandwidth_limit_rules"
  std::vector<KindAttribute> attributes;
  std::string parent = {};  // the kind whose symbol stands for ${}
  std::uint32_t weight = 2;
};

struct KindAction {
  std::string kind;
  std::string path;  // after the object's
  std::string root;  // of the body; empty: none
  std::vector<KindAttribute> attributes;
  bool is_list = false;  // the root holds one list of such objects
};

const std::vector<Kind>& kinds();
const std::vector<KindAction>& actions();
// What no attribute, or hardly one, can be.
json::value bad_value(const Draw& draw);

}  // namespace tarn::test
