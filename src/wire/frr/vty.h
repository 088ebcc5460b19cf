// What FRR's daemons speak on their vty sockets, as its vtysh does (lib/vty.c: vtysh_read): each command is a line that
// ends with a NUL; what answers it is text, three NULs and one octet that says how it went. Sans I/O.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace tarn::wire::frr {

struct VtyReply {
  static constexpr std::uint8_t success = 0;  // CMD_SUCCESS of lib/command.h

  std::string text;
  std::uint8_t status = success;
  bool operator==(const VtyReply&) const = default;
};

// Appends a command. CHECKs that there is no NUL and no line's end in it.
void append_vty_command(Bytes& bytes, std::string_view command);

class VtyReplies {
 public:
  // Of one answer: a configuration of some hundred thousand routes.
  static constexpr std::size_t text_bytes_max = std::size_t{64} << 20;

  // Bytes as they came, split anywhere. Errors: corrupt, for an answer that has no end within the bound; then nothing
  // more can be understood.
  Status on_bytes(ByteView bytes);
  // The answers that are whole, in order; each once.
  std::deque<VtyReply> take();

 private:
  std::string text_;
  int nuls_ = 0;  // that ended what came, at most three
  std::deque<VtyReply> whole_;
};

}  // namespace tarn::wire::frr
