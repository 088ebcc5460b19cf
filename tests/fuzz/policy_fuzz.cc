// Any file as a policy file: rules that answer every question in bounded time, or one line that says what is wrong.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "policy/check.h"
#include "policy/rules.h"

namespace {

// Every field there is, and as text: what a rule asks for never leads out of it.
class Anything : public tarn::policy::Target {
 public:
  [[nodiscard]] std::optional<tarn::policy::Value> value(std::string_view name) const override {
    if (name.size() % 3 == 0) return tarn::policy::Null{};
    if (name.size() % 3 == 1) return true;
    return name;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tarn::policy::Rules;
  static const Rules defaults = *Rules::of(tarn::policy::base_defaults());
  static const tarn::policy::Credentials caller{"u",       "user", "default",  "p", "project",
                                                "default", "all",  {"member"}, {}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto alone = tarn::policy::parse_check(text);
  CHECK(alone || !alone.error().message.empty());
  const auto rules = defaults.with_file(text);
  if (!rules) {
    CHECK(!rules.error().message.empty());
    return 0;
  }
  const auto again = rules->with_file(text);
  CHECK(again.has_value());
  for (const std::string_view rule : {"a", "b", "c", "default", "admin_only", "create_port", "no such rule"}) {
    CHECK(rules->has(rule) == again->has(rule));
    CHECK(rules->allows(rule, caller, Anything()) == again->allows(rule, caller, Anything()));
  }
  return 0;
}
