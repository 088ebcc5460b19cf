// Any bytes as a question for names, and as an answer from elsewhere: whatever is said is no longer than the asker can
// take, and what was read of a question is read again of the answer.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "names/desk.h"

namespace {

using namespace tarn;

const names::Zone& zone() {
  static const names::Zone known({.domain = "openstacklocal.",
                                  .names = {{"db.tier.openstacklocal.", Ip::from_v4(0x0a000007)},
                                            {"web.openstacklocal.", Ip::from_v4(0x0a000005)}}});
  return known;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using names::Transport;
  const ByteView message(data, size);
  for (const Transport transport : {Transport::datagram, Transport::stream}) {
    const names::Verdict verdict = names::judge(message, &zone(), transport);
    if (const auto* answered = std::get_if<names::Answered>(&verdict))
      CHECK(transport == Transport::stream || answered->reply.size() <= names::datagram_bytes_max);
    const auto* sent_on = std::get_if<names::SentOn>(&verdict);
    if (sent_on == nullptr) continue;
    const names::Question& question = sent_on->question;
    const Bytes failure = names::failure(question, transport);
    CHECK(names::is_answer(failure, question, question.id));
    CHECK(names::passed_on(question, failure, transport) == failure);
    static_cast<void>(names::is_answer(message, question, question.id));
  }
  return 0;
}
