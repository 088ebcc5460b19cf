#include "render/policy.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/check.h"
#include "base/hash.h"

namespace tarn::render {

Policy policy_of(const model::Port& port) {
  if (!port.port_security_enabled) return Policy::unsecured;
  ContentHash hash;
  hash.add("policy");
  for (const SecurityGroupId& group : std::set(port.security_groups.begin(), port.security_groups.end()))
    hash.add(group.uuid.bytes);
  const std::uint64_t number = hash.value();
  return Policy{number == 0 ? 1 : number};
}

std::string text(Policy policy) {
  return fmt::format("{:016x}", static_cast<std::uint64_t>(policy));
}

Policy policy_named(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  CHECK(error == std::errc{} && end == text.data() + text.size());
  return Policy{number};
}

}  // namespace tarn::render
