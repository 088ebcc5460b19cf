#include "identity/revocations.h"

#include <charconv>
#include <sstream>

#include "identity/secret_file.h"

namespace tarn::identity {

Result<Revocations::Entries> parse_revocations(const std::string& text) {
  Revocations::Entries entries;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    std::int64_t end_ms = 0;
    const char* last = line.data() + line.size();
    const bool whole = blank != 0 && blank != std::string::npos && blank + 1 < line.size();
    const auto [end, error] = whole ? std::from_chars(line.data() + blank + 1, last, end_ms)
                                    : std::from_chars_result{last, std::errc::invalid_argument};
    if (error != std::errc() || end != last || entries.size() >= Revocations::entries_max)
      return fail(ErrorCode::corrupt, "line " + std::to_string(entries.size() + 1) + " is no revocation");
    entries[line.substr(0, blank)] = end_ms;
  }
  return entries;
}

Result<std::unique_ptr<Revocations>> Revocations::load(const std::string& path) {
  const Result<std::string> text = read_secret_file(path);
  if (!text && text.error().code != ErrorCode::not_found) return fail(text.error());
  Result<Entries> entries = parse_revocations(text.value_or(""));
  if (!entries) {
    return fail(ErrorCode::corrupt, path + ": " + entries.error().message +
                                        "; remove this file and identity.key beside it: that ends every session");
  }
  return std::unique_ptr<Revocations>(new Revocations(path, std::move(*entries)));
}

Status Revocations::add(const std::string& audit_id, std::int64_t expires_at_ms, std::int64_t now_ms) {
  const std::scoped_lock writing(writing_);
  Entries next;
  {
    const std::scoped_lock lock(mutex_);
    next = entries_;
  }
  std::erase_if(next, [now_ms](const auto& entry) { return entry.second <= now_ms; });
  if (next.size() >= entries_max) return fail(ErrorCode::exhausted, "too many tokens were revoked; try again later");
  next[audit_id] = expires_at_ms;
  std::string text;
  for (const auto& [id, end_ms] : next) text += id + " " + std::to_string(end_ms) + "\n";
  if (Status written = write_secret_file(path_, text); !written) return written;
  const std::scoped_lock lock(mutex_);
  entries_ = std::move(next);
  return {};
}

bool Revocations::contains(std::string_view audit_id) const {
  const std::scoped_lock lock(mutex_);
  return entries_.contains(audit_id);
}

}  // namespace tarn::identity
