// DNS messages (RFC 1035, EDNS: RFC 6891) as this service needs them: a question read, an answer written. The wire
// format is libldns's; nothing else in the tree knows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"

namespace tarn::names {

// IANA, "Domain Name System (DNS) Parameters".
enum class Type : std::uint16_t { a = 1, soa = 6, ptr = 12, aaaa = 28, ixfr = 251, axfr = 252, any = 255 };
enum class Code : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  no_such_name = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16,  // of EDNS
};
inline constexpr std::uint16_t class_internet = 1;
inline constexpr std::uint8_t opcode_query = 0;

// What a sender can take is never less (RFC 1035 section 2.3.4), and of what this service sends never more than what
// passes every link unbroken (dnsflagday.net/2020): a datagram in pieces may be lost by the security groups.
inline constexpr std::size_t datagram_bytes_min = 512;
inline constexpr std::size_t datagram_bytes_max = 1232;
inline constexpr std::size_t stream_bytes_max = 65'535;

struct Edns {
  std::uint8_t version = 0;
  std::uint16_t bytes_max = datagram_bytes_min;  // of a datagram that the sender can take
  bool dnssec_ok = false;
};

struct Question {
  std::uint16_t id = 0;
  std::uint8_t opcode = opcode_query;
  bool recursion_desired = false;
  bool checking_disabled = false;
  std::string asked;  // the whole name as it was sent, in presentation form: "Web.openstacklocal."
  std::string name;   // in lower case
  Type type{};
  std::uint16_t question_class = class_internet;
  std::optional<Edns> edns;
};

struct Soa {
  std::string domain;
};
struct Record {
  std::string owner;
  std::variant<Ip, std::string, Soa> value;  // A or AAAA, PTR, SOA
};
struct Reply {
  Code code = Code::no_error;
  bool authoritative = false;
  std::vector<Record> answers = {};
  std::vector<Record> authority = {};
};

// Why there is no question to answer; `unheard`: nobody who asks sends such a thing, so there is nobody to tell.
enum class Unreadable : std::uint8_t { unheard, malformed };
std::variant<Question, Unreadable> read_question(ByteView message);

// With all records, or where that is more than `bytes_max` with none and the word to ask by TCP.
Bytes write_reply(const Question& question, const Reply& reply, std::size_t bytes_max);
// That the message, whose header is whole, could not be read.
Bytes write_malformed(ByteView message);

// Whether the message answers this question, asked under `id`.
bool is_answer(ByteView message, const Question& question, std::uint16_t id);
// Of an answer.
Code code_of(ByteView message);
// The message, whose header is whole, under another id.
Bytes with_id(ByteView message, std::uint16_t id);

// Whether messages can carry it: labels of 63 bytes, 255 in all (RFC 1035 section 2.3.4).
bool is_name(const std::string& name);
// "5.0.0.10.in-addr.arpa.", or the same of ip6.arpa; `name` is in lower case. Absent: no whole address.
std::optional<Ip> address_of(const std::string& name);

}  // namespace tarn::names
