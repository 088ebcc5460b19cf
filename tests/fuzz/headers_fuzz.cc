// Beginnings of frames, as the switch hands them over for records.
#include "base/check.h"
#include "wire/packet/headers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn;
  const ByteView bytes(data, size);
  const auto headers = wire::packet::read_headers(bytes);
  CHECK(headers.has_value() == (size >= 14));
  if (!headers) return 0;
  CHECK(headers->from.has_value() == headers->to.has_value());
  CHECK(!headers->ports || (headers->protocol && !headers->later_fragment && !headers->icmp));
  // What is cut says less, and nothing else.
  const auto cut = wire::packet::read_headers(bytes.first(size - 1));
  if (cut && cut->ports) CHECK(headers->ports && cut->ports->destination == headers->ports->destination);
  if (cut && cut->from) CHECK(headers->from == cut->from);
  return 0;
}
