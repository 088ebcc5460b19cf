// Any bytes as what an FRR daemon answers: split in two anywhere they mean the same.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "wire/frr/vty.h"

namespace {

using namespace tarn;

struct Heard {
  std::deque<wire::frr::VtyReply> replies;
  bool good = true;
  bool operator==(const Heard&) const = default;
};

Heard heard(ByteView first, ByteView second) {
  wire::frr::VtyReplies replies;
  Heard all;
  for (const ByteView part : {first, second}) {
    all.good = all.good && replies.on_bytes(part).has_value();
    for (auto& reply : replies.take()) all.replies.push_back(std::move(reply));
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(reinterpret_cast<const Byte*>(data) + 1, size - 1);
  const std::size_t at = bytes.empty() ? 0 : data[0] % (bytes.size() + 1);
  CHECK(heard(bytes, {}) == heard(bytes.first(at), bytes.subspan(at)));
  return 0;
}
