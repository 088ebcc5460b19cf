#include "identity/time_text.h"

#include <charconv>
#include <chrono>

namespace tarn::identity {
namespace {

using namespace std::chrono;

std::string padded(std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  return std::string(width > digits.size() ? width - digits.size() : 0, '0') + digits;
}

// Takes exactly `width` digits and then `after` from the front of `text`.
std::optional<int> take(std::string_view& text, std::size_t width, std::string_view after) {
  if (text.size() < width + after.size() || text.substr(width, after.size()) != after) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + width, value);
  if (error != std::errc() || end != text.data() + width || text.front() == '-') return std::nullopt;
  text.remove_prefix(width + after.size());
  return value;
}

// ".25Z" → 250, "Z" → 0.
std::optional<int> fraction_ms(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 3 || text.front() != '.' || text.back() != 'Z') return std::nullopt;
  const std::string_view digits = text.substr(1, text.size() - 2);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < 3; ++i) value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return value;
}

}  // namespace

std::string time_text(std::int64_t unix_ms) {
  const sys_time<milliseconds> at{milliseconds(unix_ms)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  return padded(int{date.year()}, 4) + "-" + padded(unsigned{date.month()}, 2) + "-" + padded(unsigned{date.day()}, 2) +
         "T" + padded(time.hours().count(), 2) + ":" + padded(time.minutes().count(), 2) + ":" +
         padded(time.seconds().count(), 2) + "." + padded(time.subseconds().count(), 3) + "000Z";
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto y = take(text, 4, "-");
  const auto m = take(text, 2, "-");
  const auto d = take(text, 2, "T");
  const auto hour = take(text, 2, ":");
  const auto minute = take(text, 2, ":");
  const auto second = take(text, 2, "");
  if (!y || !m || !d || !hour || !minute || !second) return std::nullopt;
  const auto fraction = fraction_ms(text);
  const year_month_day date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (!fraction || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto at = sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second) + milliseconds(*fraction);
  return at.time_since_epoch().count();
}

}  // namespace tarn::identity
