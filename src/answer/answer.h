// The packets that no flow can answer: DHCPv4, DHCPv6 and router solicitations, answered from values alone. The caller
// hands in a frame that the switch has punted from a port, and sends what comes back to that same port. Keeps no state:
// a lease is the port's fixed address, so nothing is allocated, remembered or given back.
#pragma once

#include <optional>

#include "answer/values.h"
#include "base/bytes.h"

namespace tarn::answer {

// The frame to send back, or nothing: for anything malformed, from another MAC than the port's, meant for another
// server, relayed, or that its protocol leaves unanswered.
std::optional<Bytes> answer(const PortAnswers& port, ByteView frame);
// Of a solicitation that the switch has turned as far as it can: addresses and type are the advertisement's, flags and
// option are not. Nothing for anything else. The answer of a router: the option is the frame's own source.
std::optional<Bytes> completed_advertisement(ByteView frame);
// The unasked router advertisement for all nodes of the port's link, likewise; nothing where there is none to make.
std::optional<Bytes> unsolicited_advertisement(const PortAnswers& port);

}  // namespace tarn::answer
