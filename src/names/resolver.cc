#include "names/resolver.h"

#include "services/asking.h"

namespace tarn::names {

void Resolver::ask(const std::string& client, Bytes message, Transport transport, Reply reply) {
  const Result<services::Asking> who = services::asking(instances_, client);
  if (!who) return reply(std::nullopt);
  Verdict verdict = judge(message, zones_.of(who->instance.network), transport);
  if (auto* answered = std::get_if<Answered>(&verdict)) return reply(std::move(answered->reply));
  const auto* sent_on = std::get_if<SentOn>(&verdict);
  if (sent_on == nullptr) return reply(std::nullopt);
  const Question& question = sent_on->question;
  upstream_.ask(who->number, question, std::move(message), transport,
                [question, transport, reply = std::move(reply)](std::optional<Bytes> answer) mutable {
                  reply(answer ? passed_on(question, std::move(*answer), transport) : failure(question, transport));
                });
}

}  // namespace tarn::names
