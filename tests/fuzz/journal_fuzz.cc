// Arbitrary journals: whatever is read can be written and read again, the same.
#include <string_view>

#include "base/check.h"
#include "base/hash.h"
#include "feed/journal.h"

namespace {

void read_and_write(std::string_view bytes) {
  const auto journal = tarn::feed::decode_journal(bytes);
  if (!journal) return;
  const std::string written = tarn::feed::encode(*journal);
  const auto again = tarn::feed::decode_journal(written);
  CHECK(again && again->revision == journal->revision && tarn::feed::encode(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_and_write(bytes);
  // With a header that fits, so that the content is reached.
  char hash[17];
  std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(tarn::ContentHash().add(bytes).value()));
  read_and_write("tarn-journal 1 " + std::to_string(size) + " " + hash + "\n" + std::string(bytes));
  return 0;
}
