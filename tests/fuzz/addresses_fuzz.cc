// Any text as an address, a prefix, a MAC or a UUID: what is taken is written back in a form that is taken as the same.
#include <cstddef>
#include <cstdint>

#include "base/address.h"
#include "base/check.h"
#include "base/uuid.h"

namespace {

template <class T>
void read_and_write(std::string_view text) {
  const auto read = T::parse(text);
  if (!read) return;
  const auto again = T::parse(read->text());
  CHECK(again && *again == *read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_and_write<tarn::Ip>(text);
  read_and_write<tarn::Prefix>(text);
  read_and_write<tarn::Mac>(text);
  read_and_write<tarn::Uuid>(text);
  return 0;
}
