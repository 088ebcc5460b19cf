// Rows as JSON text, one after another. What an attribute needs memory for is made in some that the next row uses
// again: a list of thousands needs no more of it than its longest row. Used by one thread, for one answer.
#pragma once

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <string>
#include <vector>

#include "api/access.h"

namespace tarn::api {

class RowText {
 public:
  enum class Of : std::uint8_t { one, list };  // some attributes are of one object alone
  explicit RowText(Of of) : of_(of) {}         // the buffer is left as it is
  RowText(const RowText&) = delete;
  RowText& operator=(const RowText&) = delete;

  // Appends the row as an object: of `fields` (none: of all attributes) those that the caller may see. Unknown fields
  // are ignored.
  void append(std::string& text, const dialect::Resource& resource, const dialect::View& view,
              const std::vector<std::string>& fields, const Access& access);

 private:
  Of of_;
  std::array<unsigned char, 16384> buffer_;  // a row with long texts takes more from the heap
  boost::json::monotonic_resource memory_{buffer_.data(), buffer_.size()};
};

}  // namespace tarn::api
