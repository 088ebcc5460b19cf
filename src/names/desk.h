// What becomes of a question: answered from what is known of the asker's network, sent on, or left. Pure functions,
// which neither know who asks nor ask anybody.
#pragma once

#include <variant>

#include "names/message.h"
#include "names/zone.h"

namespace tarn::names {

enum class Transport : std::uint8_t { datagram, stream };

struct Left {};  // nothing is said
struct Answered {
  Bytes reply;
};
struct SentOn {  // to those whom the operator named
  Question question;
};
using Verdict = std::variant<Left, Answered, SentOn>;

// `zone` null: what is known of the network cannot be read now.
Verdict judge(ByteView message, const Zone* zone, Transport transport);
// What the asker can take.
std::size_t bytes_max(const Question& question, Transport transport);
// That no one has answered, or could be asked.
Bytes failure(const Question& question, Transport transport);
// An answer from elsewhere as the asker can take it.
Bytes passed_on(const Question& question, Bytes answer, Transport transport);

}  // namespace tarn::names
