// Any bytes as what bgpd says that it runs: what is read of them can be said to it again, each command a line.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "domain/bgp_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tarn::domain::BgpItem;
  const auto items = tarn::domain::bgp_items_in({reinterpret_cast<const char*>(data), size});
  if (!items) return 0;
  for (const auto& [key, seen] : *items) {
    for (const tarn::reconcile::Step<BgpItem>& step :
         {tarn::reconcile::Step<BgpItem>(tarn::reconcile::Create<BgpItem>{key, seen.spec}),
          tarn::reconcile::Step<BgpItem>(tarn::reconcile::Remove<BgpItem>{key, seen})}) {
      for (const std::string& command : tarn::domain::bgp_commands(step))
        CHECK(std::ranges::none_of(command, [](char octet) { return octet < 0x20; }));
    }
  }
  return 0;
}
