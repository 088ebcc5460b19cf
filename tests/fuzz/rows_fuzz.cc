// Any text as a stored row of any kind: what is read is written in a form that reads as the same, and a snapshot of
// what the store holds is made or refused.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "model/codec.h"
#include "store/ledger.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn;
  constexpr model::Kind kinds[] = {model::Kind::network, model::Kind::subnet, model::Kind::port, model::Kind::agent};
  if (size == 0) return 0;
  const model::Kind kind = kinds[data[0] % 4];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto row = model::decode(kind, text);
  if (!row) return 0;
  const std::string written = model::encode(*row);
  const auto again = model::decode(kind, written);
  CHECK(again && model::encode(*again) == written);
  const std::string key = std::string(model::name_of(kind)) + "/" + model::id_of(*row).text();
  const auto snapshot = store::read_snapshot({1, {{key, {std::string(text), 1}}}});
  CHECK(snapshot && snapshot->row(kind, model::id_of(*row)).has_value());
  return 0;
}
