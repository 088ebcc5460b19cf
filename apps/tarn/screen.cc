#include "screen.h"

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>

namespace tarn::cli {
namespace {

const char* code_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::grey:
      return "\x1b[90m";
    case Colour::bold:
      return "\x1b[1m";
  }
  return "";
}

// Columns a text takes on the terminal: escape sequences take none, UTF-8 continuation bytes neither.
std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  bool in_escape = false;
  for (const char c : text) {
    if (c == '\x1b') in_escape = true;
    if (!in_escape && (static_cast<unsigned char>(c) & 0xc0) != 0x80) ++width;
    if (in_escape && c == 'm') in_escape = false;
  }
  return width;
}

const boost::json::value* field(const boost::json::value& object, std::string_view key) {
  return object.is_object() ? object.get_object().if_contains(key) : nullptr;
}

}  // namespace

Screen::Screen(bool json)
    : json_(json), colours_(!json && isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr) {}

void Screen::progress(const std::string& line) const {
  std::fprintf(stderr, "  %s %s\n", colours_ ? paint(Colour::green, "›").c_str() : ">", line.c_str());
}

void Screen::line(const std::string& text) const {
  std::printf("%s\n", text.c_str());
}

void Screen::table(const std::vector<std::vector<std::string>>& rows) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  bool heading = true;
  for (const auto& row : rows) {
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += heading ? paint(Colour::bold, row[i]) : row[i];
      if (i + 1 < row.size()) out += std::string(widths[i] - width_of(row[i]) + 2, ' ');
    }
    heading = false;
    line(out);
  }
}

void Screen::value(const boost::json::value& value) const {
  line(boost::json::serialize(value));
}

std::string Screen::paint(Colour colour, const std::string& text) const {
  if (!colours_ || colour == Colour::none) return text;
  return code_of(colour) + text + "\x1b[0m";
}

int Screen::failed(const Error& error) const {
  if (json_) {
    value({{"error", error.message}});
  } else {
    std::fprintf(stderr, "%s %s\n", colours_ ? paint(Colour::red, "tarn:").c_str() : "tarn:", error.message.c_str());
  }
  return EXIT_FAILURE;
}

std::string text_of(const boost::json::value& object, std::string_view key) {
  const boost::json::value* found = field(object, key);
  if (found == nullptr || found->is_null()) return {};
  return found->is_string() ? std::string(found->get_string()) : boost::json::serialize(*found);
}

std::int64_t number_of(const boost::json::value& object, std::string_view key) {
  const boost::json::value* found = field(object, key);
  if (found == nullptr) return 0;
  if (found->is_uint64()) return static_cast<std::int64_t>(found->get_uint64());
  return found->is_int64() ? found->get_int64() : 0;
}

bool truth_of(const boost::json::value& object, std::string_view key) {
  const boost::json::value* found = field(object, key);
  return found != nullptr && found->is_bool() && found->get_bool();
}

const boost::json::array& list_of(const boost::json::value& object, std::string_view key) {
  static const boost::json::array none;
  const boost::json::value* found = field(object, key);
  return found != nullptr && found->is_array() ? found->get_array() : none;
}

}  // namespace tarn::cli
