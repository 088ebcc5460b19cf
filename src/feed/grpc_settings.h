// What both gRPC edges of the feed agree on: how large a message may be, and how a dead peer is noticed.
// Numbers alone; included by the two edges and by nothing else.
#pragma once

namespace tarn::feed {

inline constexpr int message_bytes_max = 64 << 20;   // a hello names every row that an agent holds
inline constexpr int keepalive_period_ms = 10'000;   // a ping when nothing was heard
inline constexpr int keepalive_patience_ms = 5'000;  // for its answer
inline constexpr int ping_period_min_ms = 5'000;     // what the server takes from a client before it complains

}  // namespace tarn::feed
