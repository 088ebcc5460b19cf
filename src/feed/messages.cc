#include "feed/messages.h"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/hash.h"

namespace tarn::feed {

std::string body_of(const model::SliceRow& row) {
  std::array<unsigned char, 8192> buffer;
  boost::json::monotonic_resource memory(buffer.data(), buffer.size());
  return boost::json::serialize(model::to_json(row, &memory));
}

Result<model::SliceRow> row_of(const Put& put) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(put.body, error);
  if (error || !parsed.is_object()) return fail(ErrorCode::corrupt, "the body of " + put.name + " is no JSON object");
  return model::slice_row_from_json(put.name, parsed.get_object());
}

std::uint64_t content_of(std::string_view body) {
  return ContentHash().add(body).value();
}

}  // namespace tarn::feed
