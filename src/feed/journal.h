// The agent's last whole slice as a file: what a node restores its workloads from while every server is away.
// Encoding and decoding are pure; journal_file.h touches the disk. A journal may justify creating, never removing.
#pragma once

#include <string>
#include <string_view>

#include "model/slice.h"

namespace tarn::feed {

inline constexpr std::uint32_t journal_format = 1;

struct Journal {
  std::string host;  // whose slice it is
  model::Revision revision = 0;
  model::Slice slice;
};

std::string encode(const Journal& journal);
// Errors, each naming what is wrong: corrupt (cut, altered, or no journal at all), unsupported (of a newer format).
Result<Journal> decode_journal(std::string_view bytes);

}  // namespace tarn::feed
