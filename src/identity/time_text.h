// Instants as the Identity API writes them: "2026-03-01T09:30:00.000000Z", always UTC.
// Pure; reads no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tarn::identity {

std::string time_text(std::int64_t unix_ms);

// Also without a fraction, and with one of any length. Nothing when it is no such text or no such day.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace tarn::identity
