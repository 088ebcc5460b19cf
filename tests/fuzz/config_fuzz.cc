// Any file as the server's configuration: limits, or one line that says what is wrong.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "server/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto limits = tarn::server::parse_config(std::string(reinterpret_cast<const char*>(data), size));
  CHECK(limits || !limits.error().message.empty());
  return 0;
}
