// Any bytes as a network's names: what is taken for them is read again as it is written.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "domain/name_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tarn::domain::NameFile;
  const auto spec = NameFile::parse({reinterpret_cast<const char*>(data), size});
  if (!spec) return 0;
  const auto again = NameFile::parse(spec->text());
  CHECK(spec->text().size() > NameFile::bytes_max || (again && *again == *spec));
  return 0;
}
