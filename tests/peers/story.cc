#include "story.h"

namespace tarn::test {
namespace {

using Need = KindAttribute::Need;

// Mostly the administrator: he gets furthest.
Persona anybody(const Draw& draw) {
  static const std::vector<Persona> people{Persona::root,  Persona::root,  Persona::root, Persona::alice,
                                           Persona::alice, Persona::alice, Persona::bob,  Persona::reader};
  return draw.any(people);
}

json::value value_of(const Draw& draw, const KindAttribute& attribute) {
  return draw.one_of(30) ? bad_value(draw) : attribute.value(draw);
}

bool wanted(const Draw& draw, Need need) {
  switch (need) {
    case Need::always:
      return !draw.one_of(40);
    case Need::often:
      return !draw.one_of(4);
    case Need::when_changed:
      return draw.one_of(50);
    case Need::rarely:
    case Need::when_made:
      return draw.one_of(7);
  }
  return false;
}

json::object body_of(const Draw& draw, const std::vector<KindAttribute>& attributes) {
  json::object body;
  for (const KindAttribute& attribute : attributes)
    if (wanted(draw, attribute.need)) body[attribute.name] = value_of(draw, attribute);
  if (draw.one_of(60)) body["no_such_attribute"] = 1;
  return body;
}

json::value in_root(const Draw& draw, const std::string& root, json::value body) {
  if (draw.one_of(200)) return bad_value(draw);
  return json::object{{draw.one_of(200) ? "odd" : root, std::move(body)}};
}

}  // namespace

const Kind& Story::any_kind(const Draw& draw) {
  std::uint32_t sum = 0;
  for (const Kind& kind : kinds()) sum += kind.weight;
  std::uint32_t left = draw.below(sum);
  for (const Kind& kind : kinds()) {
    if (left < kind.weight) return kind;
    left -= kind.weight;
  }
  return kinds().front();
}

std::string Story::path_of(const Draw& draw, const Kind& kind) {
  if (kind.parent.empty()) return kind.path;
  const json::value parent = draw.reference(kind.parent);
  parent_ = std::string(parent.as_string());
  std::string path = kind.path;
  return path.replace(path.find("${}"), 3, parent_);
}

Request Story::create(const Draw& draw, const Kind& kind) {
  kind_ = kind.name;
  symbol_.clear();
  return {anybody(draw), "POST", path_of(draw, kind), in_root(draw, kind.name, body_of(draw, kind.attributes))};
}

Request Story::one(const Draw& draw, const Kind& kind, const std::string& method) {
  const json::value reference = draw.reference(kind.name);
  // A default group that is gone comes back: in Neutron by another id.
  if (method == "DELETE" && reference.as_string().starts_with("${default-")) return one(draw, kind, "GET");
  kind_ = kind.name;
  symbol_ = std::string(reference.as_string());
  std::string path = path_of(draw, kind);
  if (const auto found = parents_.find(symbol_); found != parents_.end() && !kind.parent.empty() && !draw.one_of(20)) {
    path = kind.path;
    path.replace(path.find("${}"), 3, found->second);
  }
  return {anybody(draw), method, path + "/" + symbol_, nullptr};
}

Request Story::change(const Draw& draw, const Kind& kind) {
  Request request = one(draw, kind, "PUT");
  json::object body;
  for (std::uint32_t left = 1 + draw.below(2); left > 0 && !kind.attributes.empty(); --left) {
    const KindAttribute& attribute = draw.any(kind.attributes);
    const bool fixed = attribute.need == Need::when_made || attribute.need == Need::always;
    if (fixed && !draw.one_of(6)) continue;
    body[attribute.name] = value_of(draw, attribute);
  }
  if (body.empty()) body["description"] = "again";
  request.body = in_root(draw, kind.name, std::move(body));
  return request;
}

Request Story::act(const Draw& draw) {
  const KindAction& action = draw.any(actions());
  for (const Kind& kind : kinds()) {
    if (kind.name != action.kind) continue;
    Request request = one(draw, kind, "PUT");
    request.target += "/" + action.path;
    json::value body = body_of(draw, action.attributes);
    if (action.is_list) body = json::array{std::move(body)};
    request.body = action.root.empty() ? std::move(body) : in_root(draw, action.root, std::move(body));
    return request;
  }
  return list(draw, kinds().front());
}

Request Story::list(const Draw& draw, const Kind& kind) {
  kind_ = kind.name;
  symbol_.clear();
  std::string target = path_of(draw, kind);
  std::string join = "?";
  for (std::uint32_t left = draw.below(3); left > 0 && !kind.attributes.empty(); --left) {
    const KindAttribute& attribute = draw.any(kind.attributes);
    const json::value value = attribute.value(draw);
    if (std::string_view(attribute.name) == "is_default") continue;         // Neutron finds others by it
    if (value.is_structured() || value.is_null() || value == "") continue;  // "" is known to differ from null
    target +=
        join + attribute.name + "=" + (value.is_string() ? std::string(value.as_string()) : json::serialize(value));
    join = "&";
  }
  if (draw.one_of(4)) target += join + "fields=id&fields=name";
  return {anybody(draw), "GET", target, nullptr};
}

Request Story::tag(const Draw& draw, const Kind& kind) {
  static const std::vector<const char*> methods{"PUT", "PUT", "GET", "DELETE"};
  Request request = one(draw, kind, draw.any(methods));
  request.target += "/tags";
  if (draw.one_of(4) && request.method == "PUT") {
    request.body = json::object{{"tags", json::array{"red", draw.one_of(10) ? bad_value(draw) : json::value("blue")}}};
  } else if (!draw.one_of(5)) {
    request.target += draw.one_of(2) ? "/red" : "/blue";
  }
  return request;
}

Request Story::next() {
  const Draw draw{choice_, objects_};
  const Kind& kind = any_kind(draw);
  parent_.clear();
  const std::uint32_t drawn = draw.below(100);
  if (drawn < 45) return create(draw, kind);
  if (drawn < 63) return change(draw, kind);
  if (drawn < 73) return act(draw);
  if (drawn < 82) return list(draw, kind);
  if (drawn < 88) return one(draw, kind, "GET");
  if (drawn < 92) return tag(draw, kind);
  return one(draw, kind, "DELETE");
}

std::string Story::made() {
  const std::string symbol = kind_ + std::to_string(++count_);
  objects_[kind_].push_back(symbol);
  if (!parent_.empty()) parents_["${" + symbol + "}"] = parent_;
  return symbol;
}

void Story::gone() {
  for (auto& [kind, symbols] : objects_)
    std::erase_if(symbols, [this](const std::string& symbol) { return "${" + symbol + "}" == symbol_; });
}

}  // namespace tarn::test
