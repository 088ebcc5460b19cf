// Whether a rule holds for a caller and a target. Pure, and quick: nothing is copied or allocated. The rules given are
// without cycles, and every reference in them is resolved; Rules sees to both.
#pragma once

#include <span>

#include "policy/check.h"
#include "policy/credentials.h"

namespace tarn::policy {

[[nodiscard]] bool holds(const Check& check, std::span<const Check> rules, const Credentials& caller,
                         const Target& target);

}  // namespace tarn::policy
