#include "api/row_text.h"

#include "api/list.h"

namespace tarn::api {

void RowText::append(std::string& text, const dialect::Resource& resource, const dialect::View& view,
                     const std::vector<std::string>& fields, const Access& access) {
  {
    const boost::json::object shown = show_row(resource, view.in(&memory_), fields, access);
    serializer_.reset(&shown);
    std::array<char, 4096> piece;
    while (!serializer_.done()) text += std::string_view(serializer_.read(piece.data(), piece.size()));
  }
  memory_.release();
}

}  // namespace tarn::api
