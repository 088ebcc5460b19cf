// Any target and any body: parsed or refused, never a crash, and what is accepted has the model's field names only.
#include <cstddef>
#include <cstdint>

#include "api/body.h"
#include "api/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn;
  static const api::dialect::Table table = api::dialect::table();
  if (size == 0) return 0;
  const auto& resource = table.resources[data[0] % table.resources.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto target = api::parse_target(text)) static_cast<void>(api::parse_query(resource, target->params, 0));
  const auto items = api::parse_body(resource, text, true);
  if (!items) return 0;
  for (const auto& item : items->items) {
    static_cast<void>(api::given_to_create(resource, item, {}));
    static_cast<void>(api::given_to_update(resource, item));
  }
  return 0;
}
