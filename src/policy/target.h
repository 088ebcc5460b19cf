// What a request is about, as policy rules see it: an object's fields by name. The caller owns the object and answers
// from it; policy keeps nothing of an answer and asks only for names that a rule mentions.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

namespace tarn::policy {

struct Null {
  bool operator==(const Null&) const = default;
};
using Value = std::variant<Null, bool, std::string_view>;

class Target {
 public:
  virtual ~Target() = default;

  // The field `name`, or nothing if there is none; a check that needs it is then false. A name with a colon asks for a
  // field of the parent: "network:tenant_id" is the owner of the network that a port or subnet is in,
  // "security_group:tenant_id" of a rule's group, "ext_parent:tenant_id" of what a sub-resource belongs to. (Some
  // plain fields have colons too: "router:external".) A port's or subnet's own "shared" is that of its network.
  // The text must stay until allows() returns.
  [[nodiscard]] virtual std::optional<Value> value(std::string_view name) const = 0;
};

}  // namespace tarn::policy
