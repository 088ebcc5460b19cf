// OpenFlow 1.5 messages to bytes and back. Pure; a stream is cut into messages with `message_length`.
// Owns nothing, and never reads or writes past what it was given.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/openflow/message.h"

namespace tarn::wire::of {

inline constexpr std::size_t header_bytes = 8;
inline constexpr std::size_t message_bytes_max = 0xffff;  // the header's length field has 16 bits

struct Envelope {
  std::uint32_t xid = 0;
  Message message;
  bool operator==(const Envelope&) const = default;
};

// Errors: exhausted when the message would be longer than an OpenFlow message can be, invalid when a flow names no
// single table. OtherMessage has no bytes to write and fails a CHECK.
Result<Bytes> try_encode(const Message& message, std::uint32_t xid);
// The same for messages that are known to fit; CHECKs it.
Bytes encode(const Message& message, std::uint32_t xid);

// The length of the message that starts here; absent while fewer than 8 bytes are there. Errors: corrupt when the
// header cannot be one.
Result<std::optional<std::size_t>> message_length(ByteView bytes);

// Decodes exactly one message. Errors: corrupt when a length inside does not fit, unsupported when the version is not
// 1.5 (Hello is read in every version). Types and forms without use here become OtherMessage.
Result<Envelope> decode(ByteView whole);

// "flow mod failed: table full" of an error message.
std::string text(const ErrorReply& error);

}  // namespace tarn::wire::of
