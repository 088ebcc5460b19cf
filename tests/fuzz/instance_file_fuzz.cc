// Any bytes as an instance's file: what is taken for one is read again as it is written.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "domain/instance_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tarn::domain::InstanceFile;
  const auto spec = InstanceFile::parse({reinterpret_cast<const char*>(data), size});
  if (!spec) return 0;
  const auto again = InstanceFile::parse(spec->text());
  CHECK(spec->text().size() > InstanceFile::bytes_max || (again && *again == *spec));
  return 0;
}
