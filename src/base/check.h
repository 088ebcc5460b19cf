// CHECK: what we promised ourselves, verified in production too. A broken promise ends the process at once;
// the data plane goes on without us, and the supervisor starts us again.
#pragma once

namespace tarn {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace tarn

#define CHECK(condition) ((condition) ? static_cast<void>(0) : ::tarn::check_failed(#condition, __FILE__, __LINE__))
