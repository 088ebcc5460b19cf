// Any file as the server's store: it opens and can be read and written, or it is refused in one line and left as it
// was.
#include <fstream>
#include <iterator>

#include "base/check.h"
#include "fuzz/one_file.h"
#include "store/ledger.h"
#include "store/sqlite_file.h"

namespace {

using tarn::Bytes;
using tarn::ByteView;

// The only place that opens a store.
auto open_store(const std::string& path) {
  return tarn::store::SqliteFile::open(tarn::store::machine_disk(), path, 100);
}

Bytes content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void read_and_write(tarn::store::SqliteFile& file) {
  static_cast<void>(file.history());
  const auto state = file.load();
  if (!state) return;
  static_cast<void>(tarn::store::read_snapshot(*state));
  const auto outcome = file.commit({{.expectations = {}, .expected_head = {}, .edits = {{"fuzz", "1"}}}});
  CHECK(outcome.results.size() == 1);
  if (!outcome.results[0]) return;
  const auto after = file.load();
  CHECK(after && after->revision == *outcome.results[0] && after->entries.contains("fuzz"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tarn::fuzz::OneFile folder("state");
  const ByteView bytes(data, size);
  folder.write("state.db", bytes);
  const std::string path = folder.folder() / "state.db";
  if (const auto file = open_store(path)) {
    read_and_write(**file);
    return 0;
  }
  CHECK(std::ranges::equal(content_of(path), bytes));
  return 0;
}
