// For those who cannot go on without what they asked for: what a Result holds, or the end of the process with its
// error told.
#pragma once

#include <cstdio>
#include <utility>

#include "base/check.h"
#include "base/result.h"

namespace tarn {

template <class T>
T demand(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  CHECK(result.has_value());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace tarn
