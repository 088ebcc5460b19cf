// Any file as the sandbox's memory of itself: a state, or an error.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "fuzz/one_file.h"
#include "sandbox/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn;
  static const fuzz::OneFile folder("lab");
  const sandbox::Layout layout{"lab", folder.folder().parent_path()};
  folder.write("sandbox.json", {data, size});
  const auto state = sandbox::load_state(layout);
  CHECK(state || state.error().code == ErrorCode::corrupt);
  return 0;
}
