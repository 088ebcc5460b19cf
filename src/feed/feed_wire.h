// The feed's messages in protobuf and back: the only file that knows both. Pure; holds nothing.
// What a newer peer adds is left out; what is wrong is an Error, never a crash.
#pragma once

#include <string>
#include <string_view>

#include "feed/messages.h"

namespace tarn::feed {

namespace v1 {  // generated from feed.proto
class FromAgent;
class FromServer;
}  // namespace v1

void to_wire(const ToServer& message, v1::FromAgent& wire);
void to_wire(const ToAgent& message, v1::FromServer& wire);
// Errors: invalid (an id or a message kind that is none), unsupported (a kind of message this build does not know).
Result<ToServer> from_wire(const v1::FromAgent& wire);
Result<ToAgent> from_wire(const v1::FromServer& wire);

// The same over bytes.
std::string encode(const ToServer& message);
std::string encode(const ToAgent& message);
Result<ToServer> decode_from_agent(std::string_view bytes);
Result<ToAgent> decode_from_server(std::string_view bytes);

}  // namespace tarn::feed
