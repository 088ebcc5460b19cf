// Whether a rule holds for a caller and a target. Quick: nothing is copied or allocated, and what does not depend on
// the target is worked out once. The rules given are without cycles, and every reference in them is resolved; Rules
// sees to both.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "policy/check.h"
#include "policy/credentials.h"

namespace tarn::policy {

enum class Verdict : std::uint8_t {
  no,
  yes,
  depends,  // on the target: never the answer where there is one
};

// One caller's question. `settled` is parallel to `rules`: what each says of every target, as far as it was asked
// before; it is filled, and holds for this caller alone. Without a target the answer is what holds for all of them.
struct Question {
  std::span<const Check> rules;
  const Credentials& caller;
  std::span<std::optional<Verdict>> settled;
  const Target* target = nullptr;
};

[[nodiscard]] Verdict judge_rule(std::size_t place, const Question& question);

}  // namespace tarn::policy
