// Nova's words: the body of POST /os-server-external-events and what its answers mean for each event (Compute API,
// "Create External Events"). Pure; believes nothing that is not of the documented shape.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "api/peer.h"
#include "notify/event.h"

namespace tarn::notify {

std::string request_body(std::span<const Event> events);

enum class Verdict : std::uint8_t {
  acknowledged,
  unknown,  // for good: Nova knows no such server (404)
  refused,  // for good: Nova knows no such event (400)
  later,    // Nova knows the server but not yet where it is (422), or did not say
};
struct Judged {
  Verdict verdict{};
  std::string why;  // unless acknowledged
  bool operator==(const Judged&) const = default;
};

struct Bad {  // Nova refused to read the whole batch, because of any of its events
  std::string why;
};
struct Trouble {  // nothing is known of any event
  std::string why;
};
// One Judged for each event, in their order.
using Reading = std::variant<std::vector<Judged>, Bad, Trouble>;

Reading read_answer(std::span<const Event> events, const Result<api::Peer::Answer>& answer);

}  // namespace tarn::notify
