// What the command shows: tables and colours on a terminal, JSON when asked, one clear line when something is wrong.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace tarn::cli {

enum class Colour { none, green, yellow, red, grey, bold };

class Screen {
 public:
  explicit Screen(bool json);

  [[nodiscard]] bool json() const { return json_; }
  // One line of progress (on stderr, so that --json stays clean).
  void progress(const std::string& line) const;
  void line(const std::string& text) const;
  // Columns as wide as their widest cell; the first row is the heading.
  void table(const std::vector<std::vector<std::string>>& rows) const;
  void value(const boost::json::value& value) const;
  // `text` in a colour where the terminal has colours.
  [[nodiscard]] std::string paint(Colour colour, const std::string& text) const;
  // Says the error and gives the exit code 1.
  [[nodiscard]] int failed(const Error& error) const;

 private:
  bool json_;
  bool colours_;
};

// Fields of answers that may be missing: "" and 0 then.
std::string text_of(const boost::json::value& object, std::string_view key);
std::int64_t number_of(const boost::json::value& object, std::string_view key);
bool truth_of(const boost::json::value& object, std::string_view key);
const boost::json::array& list_of(const boost::json::value& object, std::string_view key);

}  // namespace tarn::cli
