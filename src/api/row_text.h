// Rows as JSON text, one after another, each made in memory that the next one uses again: a list of thousands needs no
// more of it than its longest row. Used by one thread, for one answer.
#pragma once

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serializer.hpp>
#include <string>
#include <vector>

#include "api/access.h"

namespace tarn::api {

class RowText {
 public:
  RowText() = default;
  RowText(const RowText&) = delete;
  RowText& operator=(const RowText&) = delete;

  // Appends what show_row (list.h) shows.
  void append(std::string& text, const dialect::Resource& resource, const dialect::View& view,
              const std::vector<std::string>& fields, const Access& access);

 private:
  std::array<unsigned char, 16384> buffer_;  // a row with long texts takes more from the heap
  boost::json::monotonic_resource memory_{buffer_.data(), buffer_.size()};
  boost::json::serializer serializer_;
};

}  // namespace tarn::api
