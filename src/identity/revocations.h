// Tokens that were given back before their end: a bounded set, kept in a file so that a restart revives none.
// Asked from any thread. Forgets an entry when its token would have ended by itself.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"

namespace tarn::identity {

class Revocations {
 public:
  static constexpr std::size_t entries_max = 10'000;
  using Entries = std::map<std::string, std::int64_t, std::less<>>;  // audit id → end of the token, UTC milliseconds

  // Takes in what the file holds. Errors: corrupt (damaged: whoever forgets a revocation lets somebody in),
  // unavailable.
  static Result<std::unique_ptr<Revocations>> load(const std::string& path);

  // On the disk when this returns, so it blocks. Errors: exhausted (entries_max live ones), unavailable.
  Status add(const std::string& audit_id, std::int64_t expires_at_ms, std::int64_t now_ms);
  [[nodiscard]] bool contains(std::string_view audit_id) const;

 private:
  Revocations(std::string path, Entries entries) : path_(std::move(path)), entries_(std::move(entries)) {}

  const std::string path_;
  std::mutex writing_;        // one file is written at a time; taken before the other
  mutable std::mutex mutex_;  // guards entries_
  Entries entries_;
};

// The file's text: "AUDIT_ID END\n" for each. Errors: corrupt.
Result<Revocations::Entries> parse_revocations(const std::string& text);

}  // namespace tarn::identity
