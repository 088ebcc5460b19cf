#include "values.h"

namespace tarn::test {
namespace {

const std::vector<json::value>& flags() {
  static const std::vector<json::value> values{true, true, false, false, "True", "false", 1, 0};
  return values;
}

}  // namespace

json::value Draw::reference(const std::string& kind) const {
  static const std::vector<std::string> none;
  const auto found = objects.find(kind);
  const std::vector<std::string>& own = found == objects.end() ? none : found->second;
  if (!own.empty() && !one_of(25)) {
    // The latest are those that still fit together.
    const std::size_t near = std::min<std::size_t>(own.size(), one_of(4) ? own.size() : 3);
    return json::value(json::string("${" + own[own.size() - 1 - below(static_cast<std::uint32_t>(near))] + "}"));
  }
  if (one_of(2)) return "00000000-0000-4000-8000-000000000000";
  for (const auto& [other, symbols] : objects)
    if (!symbols.empty() && one_of(6)) return json::value(json::string("${" + symbols.back() + "}"));
  return "00000000-0000-4000-8000-000000000001";
}

json::value bad_value(const Draw& draw) {
  static const std::vector<json::value> values{nullptr,
                                               "",
                                               "not-one",
                                               -1,
                                               json::array{},
                                               json::object{},
                                               1e30,
                                               json::array{nullptr},
                                               "\xe2\x98\x83",
                                               json::string(256, 'x'),
                                               json::array{json::object{{"a", 1}}}};
  return draw.any(values);
}

Value name() {
  return [](const Draw& draw) -> json::value {
    if (draw.one_of(20)) return json::value(json::string(draw.one_of(2) ? 255 : 256, 'n'));
    return json::value(json::string("n" + std::to_string(draw.below(4))));
  };
}
Value text() {
  return of({"", "words", json::string(255, 'd'), json::string(256, 'd')});
}
Value flag() {
  return [](const Draw& draw) { return draw.any(flags()); };
}
Value none() {
  return [](const Draw&) { return json::value(nullptr); };
}
Value cidr() {
  return of({"10.1.0.0/24", "10.1.1.0/24", "10.1.0.0/16", "10.2.0.0/24", "10.3.0.0/30", "10.1.0.7/24", "192.0.2.0/24"});
}
Value address() {
  return [](const Draw& draw) -> json::value {
    static const std::vector<std::string> networks{"10.1.0.", "10.1.0.", "10.1.1.", "10.2.0.", "10.3.0.", "192.0.2."};
    if (draw.one_of(15)) return "2001:db8:1::9";
    static const std::vector<std::uint32_t> last{0, 1, 2, 200, 201, 202, 203, 254, 255};
    return json::value(json::string(draw.any(networks) + std::to_string(draw.any(last))));
  };
}
Value number(int least, int most) {
  return [=](const Draw& draw) -> json::value {
    const int value = least + static_cast<int>(draw.below(static_cast<std::uint32_t>(most - least + 1)));
    if (draw.one_of(10)) return json::value(json::string(std::to_string(value)));
    return value;
  };
}
Value of(std::vector<json::value> values) {
  return [values = std::move(values)](const Draw& draw) { return draw.any(values); };
}
Value any_of(std::vector<Value> values) {
  return [values = std::move(values)](const Draw& draw) { return draw.any(values)(draw); };
}
Value list(Value item, std::uint32_t most) {
  return [item = std::move(item), most](const Draw& draw) -> json::value {
    json::array items;
    for (std::uint32_t left = draw.below(most + 1); left > 0; --left) items.push_back(item(draw));
    return items;
  };
}
Value struct_of(std::vector<std::pair<std::string, Value>> members) {
  return [members = std::move(members)](const Draw& draw) -> json::value {
    json::object object;
    for (const auto& [key, value] : members)
      if (!draw.one_of(12)) object.emplace(key, value(draw));
    return object;
  };
}
Value object(std::string kind) {
  return [kind = std::move(kind)](const Draw& draw) { return draw.reference(kind); };
}

}  // namespace tarn::test
