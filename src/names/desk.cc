#include "names/desk.h"

#include <algorithm>

namespace tarn::names {
namespace {

// What is asked of nobody: other classes (CHAOS), transfers, and everything at once (RFC 8482 lets it be refused).
bool is_refused(const Question& question) {
  return question.question_class != class_internet || (question.type >= Type::ixfr && question.type <= Type::any);
}

void add_addresses(Reply& reply, const Question& question, const std::vector<Ip>& addresses) {
  for (const Ip& address : addresses)
    if (question.type == (address.is_v4() ? Type::a : Type::aaaa)) reply.answers.push_back({question.asked, address});
}

// For how long nothing is there: RFC 2308.
void add_soa(Reply& reply, const Question& question, const Zone& zone) {
  if (question.name == zone.domain() && question.type == Type::soa) {
    reply.answers.push_back({zone.domain(), Soa{zone.domain()}});
  } else if (reply.answers.empty() && zone.holds(question.name)) {
    reply.authority.push_back({zone.domain(), Soa{zone.domain()}});
  }
}

// Absent: it is for others to say.
std::optional<Reply> own_reply(const Question& question, const Zone& zone) {
  Reply reply{.code = Code::no_error, .authoritative = true};
  if (const auto address = address_of(question.name)) {
    const std::string* name = zone.name_of(*address);
    if (name == nullptr) return std::nullopt;
    if (question.type == Type::ptr) reply.answers.push_back({question.asked, *name});
    return reply;
  }
  if (const std::vector<Ip>* addresses = zone.addresses_of(question.name)) {
    add_addresses(reply, question, *addresses);
  } else if (!zone.holds(question.name)) {
    return std::nullopt;
  } else if (!zone.is_between(question.name)) {
    reply.code = Code::no_such_name;
  }
  add_soa(reply, question, zone);
  return reply;
}

}  // namespace

std::size_t bytes_max(const Question& question, Transport transport) {
  if (transport == Transport::stream) return stream_bytes_max;
  if (!question.edns) return datagram_bytes_min;
  return std::clamp<std::size_t>(question.edns->bytes_max, datagram_bytes_min, datagram_bytes_max);
}

Verdict judge(ByteView message, const Zone* zone, Transport transport) {
  const auto read = read_question(message);
  if (const auto* why = std::get_if<Unreadable>(&read))
    return *why == Unreadable::malformed ? Verdict(Answered{write_malformed(message)}) : Verdict(Left{});
  const Question& question = std::get<Question>(read);
  const auto say = [&](const Reply& reply) {
    return Answered{write_reply(question, reply, bytes_max(question, transport))};
  };
  if (question.opcode != opcode_query) return say({.code = Code::not_implemented});
  if (question.edns && question.edns->version != 0) return say({.code = Code::bad_version});
  if (is_refused(question)) return say({.code = Code::refused});
  if (zone == nullptr) return say({.code = Code::server_failure});
  if (const std::optional<Reply> reply = own_reply(question, *zone)) return say(*reply);
  return SentOn{question};
}

Bytes failure(const Question& question, Transport transport) {
  return write_reply(question, {.code = Code::server_failure}, bytes_max(question, transport));
}

Bytes passed_on(const Question& question, Bytes answer, Transport transport) {
  if (answer.size() <= bytes_max(question, transport)) return answer;
  return write_reply(question, {}, 0);  // cut to the word that there is more, by TCP
}

}  // namespace tarn::names
