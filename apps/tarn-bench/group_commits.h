// What SQLite itself can commit on this disk: rows of a port's size in groups, each group synced as the store's are
// (WAL, synchronous=FULL), and nothing else: no history, no expectations, no admission.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace tarn::bench {

struct GroupCommits {
  std::filesystem::path file;  // made anew
  std::size_t value_bytes = 0;
  std::size_t rows_in_group = 64;
  std::size_t groups = 0;
};
// Rows a second.
Result<double> commit_groups(const GroupCommits& wanted);

}  // namespace tarn::bench
