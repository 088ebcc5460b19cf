#include "wire/frr/vty.h"

#include <utility>

#include "base/check.h"

namespace tarn::wire::frr {

constexpr int nuls_before_status = 3;

void append_vty_command(Bytes& bytes, std::string_view command) {
  CHECK(command.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos);
  for (const char each : command) bytes.push_back(static_cast<Byte>(each));
  bytes.push_back(Byte{});
}

Status VtyReplies::on_bytes(ByteView bytes) {
  for (const Byte each : bytes) {
    const auto octet = static_cast<std::uint8_t>(each);
    if (nuls_ == nuls_before_status) {
      whole_.push_back({std::exchange(text_, {}), octet});
      nuls_ = 0;
    } else if (octet == 0) {
      ++nuls_;
    } else if (nuls_ > 0 || text_.size() == text_bytes_max) {
      return fail(ErrorCode::corrupt, "not an answer of an FRR daemon");
    } else {
      text_.push_back(static_cast<char>(octet));
    }
  }
  return {};
}

std::deque<VtyReply> VtyReplies::take() {
  return std::exchange(whole_, {});
}

}  // namespace tarn::wire::frr
