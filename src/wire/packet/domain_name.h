// Domain names in their wire form (RFC 1035 section 3.1), never compressed: as DHCP (RFC 3397, RFC 8415 section 10)
// and router advertisements (RFC 8106) carry them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tarn::wire::packet {

// Text with or without the last dot. Refuses empty labels, labels over 63 bytes and names over 255 bytes.
Result<Bytes> encode_domain(std::string_view name);
// Names one after another up to the end; zero bytes between them are padding (RFC 8106 section 5.2). A compression
// pointer, a label past the end or a missing end is an error.
Result<std::vector<std::string>> decode_domains(ByteView bytes);

}  // namespace tarn::wire::packet
