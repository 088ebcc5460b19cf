// Cuts the byte stream of a JSON-RPC peer into messages (RFC 7047 section 4: JSON objects one after another, nothing
// between them but white space). Owned by one session; bounded in size and depth; after an error it stays broken.
#pragma once

#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tarn::wire::ovsdb {

// The first listing of a node with some 10,000 ports takes about 20 MB.
inline constexpr std::size_t message_bytes_max = std::size_t{256} << 20;
inline constexpr std::size_t message_depth_max = 32;

class Splitter {
 public:
  explicit Splitter(std::size_t bytes_max = message_bytes_max);

  // The messages that end inside `bytes`, in order. The beginning of a further one is kept.
  Result<std::vector<boost::json::value>> push(ByteView bytes);

  [[nodiscard]] bool inside_message() const { return message_bytes_ > 0; }

 private:
  Result<bool> step(std::string_view& text);  // true: a message ended

  std::size_t bytes_max_;
  std::size_t message_bytes_ = 0;
  bool broken_ = false;
  boost::json::stream_parser parser_;
};

}  // namespace tarn::wire::ovsdb
