#include "wire/ovsdb/splitter.h"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>

namespace tarn::wire::ovsdb {
namespace {

boost::json::parse_options strict() {
  boost::json::parse_options options;
  options.max_depth = message_depth_max;
  return options;
}

std::string_view without_leading_space(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// The values of one message stand in memory of its own, which goes as a whole: a first listing has some 100,000.
boost::json::storage_ptr for_one_message() {
  return boost::json::make_shared_resource<boost::json::monotonic_resource>();
}

}  // namespace

Splitter::Splitter(std::size_t bytes_max) : bytes_max_(bytes_max), parser_({}, strict()) {
  parser_.reset(for_one_message());
}

Result<std::vector<boost::json::value>> Splitter::push(ByteView bytes) {
  std::vector<boost::json::value> messages;
  // JSON text is bytes of UTF-8; the parser takes them as char.
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!broken_) {
    if (!inside_message()) text = without_leading_space(text);
    if (text.empty()) return messages;
    auto ended = step(text);
    if (!ended) {
      broken_ = true;
      return fail(std::move(ended.error()));
    }
    if (*ended) {
      messages.push_back(parser_.release());
      parser_.reset(for_one_message());
      message_bytes_ = 0;
    }
  }
  return fail(ErrorCode::corrupt, "OVSDB: bytes after an error in the stream");
}

Result<bool> Splitter::step(std::string_view& text) {
  if (!inside_message() && text.front() != '{') {
    return fail(ErrorCode::corrupt, "OVSDB: a message that does not start with '{'");
  }
  const std::string_view piece = text.substr(0, std::min(text.size(), bytes_max_ - message_bytes_));
  boost::json::error_code error;
  const std::size_t taken = parser_.write_some(piece.data(), piece.size(), error);
  if (error) return fail(ErrorCode::corrupt, "OVSDB: malformed JSON: " + error.message());
  text.remove_prefix(taken);
  message_bytes_ += taken;
  if (parser_.done()) return true;
  if (message_bytes_ >= bytes_max_) return fail(ErrorCode::exhausted, "OVSDB: a message above the size bound");
  return false;
}

}  // namespace tarn::wire::ovsdb
