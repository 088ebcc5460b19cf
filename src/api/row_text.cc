#include "api/row_text.h"

#include <algorithm>

namespace tarn::api {

void RowText::append(std::string& text, const dialect::Resource& resource, const dialect::View& view,
                     const std::vector<std::string>& fields, const Access& access) {
  const dialect::View row = view.in(&memory_);
  char before = '{';
  for (const auto& attribute : resource.attributes) {
    if (!attribute.model.write || (of_ == Of::list && !attribute.listed)) continue;
    if (!fields.empty() && std::ranges::find(fields, attribute.name) == fields.end()) continue;
    if (attribute.shown_if && !attribute.shown_if(row)) continue;
    if (!access.sees(resource, attribute, row)) continue;
    text += std::exchange(before, ',');
    text += '"';
    text += attribute.name;  // a word of ours: nothing in it needs escaping
    text += "\":";
    attribute.model.write(text, row);
  }
  text += before == '{' ? "{}" : "}";
  memory_.release();
}

}  // namespace tarn::api
