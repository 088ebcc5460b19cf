#include "names/message.h"

#include <ldns/ldns.h>

#include <memory>

#include "base/check.h"

namespace tarn::names {
namespace {

constexpr std::size_t header_bytes = LDNS_HEADER_SIZE;
// Short, since a port may get another name at any time and to ask again costs a packet inside the node; not zero, so
// that what asks in a loop does not. As CoreDNS has it for the names of Kubernetes (its plugin "kubernetes").
constexpr std::uint32_t lifetime_s = 5;
// Nobody transfers the zone; the numbers are those that RFC 1912 section 2.2 calls usual.
constexpr std::uint32_t serial = 1;
constexpr std::uint32_t refresh_s = 3600;
constexpr std::uint32_t retry_s = 600;
constexpr std::uint32_t expire_s = 1'209'600;

struct FreePacket {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
struct FreeField {
  void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
};
struct FreeText {
  void operator()(void* text) const { LDNS_FREE(text); }
};
using PacketPtr = std::unique_ptr<ldns_pkt, FreePacket>;
using RecordPtr = std::unique_ptr<ldns_rr, FreeRecord>;
using FieldPtr = std::unique_ptr<ldns_rdf, FreeField>;

std::string text_of(const ldns_rdf* name) {
  const std::unique_ptr<char, FreeText> text(ldns_rdf2str(name));
  return text ? std::string(text.get()) : std::string();
}

FieldPtr name_field(const std::string& name) {
  return FieldPtr(ldns_dname_new_frm_str(name.c_str()));
}

// In lower case, of a copy: what was sent goes back as it was sent.
std::string lower_text(const ldns_rdf* name) {
  const FieldPtr copy(ldns_rdf_clone(name));
  CHECK(copy != nullptr);
  ldns_dname2canonical(copy.get());
  return text_of(copy.get());
}

void read_name(const ldns_rr* record, Question& question) {
  question.asked = text_of(ldns_rr_owner(record));
  question.name = lower_text(ldns_rr_owner(record));
  question.type = static_cast<Type>(ldns_rr_get_type(record));
  question.question_class = static_cast<std::uint16_t>(ldns_rr_get_class(record));
}

RecordPtr new_record(const std::string& owner, ldns_rr_type type) {
  RecordPtr record(ldns_rr_new());
  CHECK(record != nullptr);
  ldns_rr_set_owner(record.get(), name_field(owner).release());
  ldns_rr_set_type(record.get(), type);
  ldns_rr_set_class(record.get(), LDNS_RR_CLASS_IN);
  ldns_rr_set_ttl(record.get(), lifetime_s);
  return record;
}

void push(ldns_rr* record, ldns_rdf* field) {
  CHECK(field != nullptr && ldns_rr_push_rdf(record, field));
}

struct MakeRecord {
  const std::string& owner;

  RecordPtr operator()(const Ip& address) const {
    const bool v4 = address.is_v4();
    RecordPtr record = new_record(owner, v4 ? LDNS_RR_TYPE_A : LDNS_RR_TYPE_AAAA);
    push(record.get(),
         ldns_rdf_new_frm_data(v4 ? LDNS_RDF_TYPE_A : LDNS_RDF_TYPE_AAAA, address.size(), address.bytes.data()));
    return record;
  }
  RecordPtr operator()(const std::string& name) const {
    RecordPtr record = new_record(owner, LDNS_RR_TYPE_PTR);
    push(record.get(), name_field(name).release());
    return record;
  }
  RecordPtr operator()(const Soa& soa) const {
    RecordPtr record = new_record(owner, LDNS_RR_TYPE_SOA);
    push(record.get(), name_field(soa.domain).release());
    push(record.get(), name_field(".").release());  // there is nobody to write to
    push(record.get(), ldns_native2rdf_int32(LDNS_RDF_TYPE_INT32, serial));
    for (const std::uint32_t period : {refresh_s, retry_s, expire_s, lifetime_s})
      push(record.get(), ldns_native2rdf_int32(LDNS_RDF_TYPE_PERIOD, period));
    return record;
  }
};

void add(ldns_pkt* packet, ldns_pkt_section section, const std::vector<Record>& records) {
  for (const Record& record : records) {
    RecordPtr made = std::visit(MakeRecord{record.owner}, record.value);
    CHECK(ldns_pkt_push_rr(packet, section, made.get()));
    static_cast<void>(made.release());
  }
}

Bytes wire_of(const ldns_pkt* packet) {
  std::uint8_t* written = nullptr;
  std::size_t size = 0;
  CHECK(ldns_pkt2wire(&written, packet, &size) == LDNS_STATUS_OK);
  const std::unique_ptr<std::uint8_t, FreeText> held(written);
  return Bytes(written, written + size);
}

PacketPtr packet_for(const Question& question, const Reply& reply) {
  PacketPtr packet(ldns_pkt_new());
  CHECK(packet != nullptr);
  const auto code = static_cast<unsigned>(reply.code);
  ldns_pkt_set_id(packet.get(), question.id);
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_opcode(packet.get(), static_cast<ldns_pkt_opcode>(question.opcode));
  ldns_pkt_set_aa(packet.get(), reply.authoritative);
  ldns_pkt_set_rd(packet.get(), question.recursion_desired);
  ldns_pkt_set_ra(packet.get(), true);
  ldns_pkt_set_cd(packet.get(), question.checking_disabled);
  ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(code & 0xf));
  RecordPtr asked(ldns_rr_new());
  CHECK(asked != nullptr);
  ldns_rr_set_question(asked.get(), true);
  ldns_rr_set_owner(asked.get(), name_field(question.asked).release());
  ldns_rr_set_type(asked.get(), static_cast<ldns_rr_type>(question.type));
  ldns_rr_set_class(asked.get(), static_cast<ldns_rr_class>(question.question_class));
  CHECK(ldns_pkt_push_rr(packet.get(), LDNS_SECTION_QUESTION, asked.release()));
  if (question.edns) {
    ldns_pkt_set_edns_udp_size(packet.get(), datagram_bytes_max);
    ldns_pkt_set_edns_do(packet.get(), question.edns->dnssec_ok);
    ldns_pkt_set_edns_extended_rcode(packet.get(), static_cast<std::uint8_t>(code >> 4));
  }
  return packet;
}

}  // namespace

std::variant<Question, Unreadable> read_question(ByteView message) {
  if (message.size() < header_bytes || LDNS_QR_WIRE(message.data())) return Unreadable::unheard;
  ldns_pkt* read = nullptr;
  const ldns_status status = ldns_wire2pkt(&read, message.data(), message.size());
  const PacketPtr packet(read);
  if (status != LDNS_STATUS_OK || ldns_pkt_qdcount(packet.get()) != 1) return Unreadable::malformed;
  Question question;
  question.id = ldns_pkt_id(packet.get());
  question.opcode = static_cast<std::uint8_t>(ldns_pkt_get_opcode(packet.get()));
  question.recursion_desired = ldns_pkt_rd(packet.get());
  question.checking_disabled = ldns_pkt_cd(packet.get());
  read_name(ldns_rr_list_rr(ldns_pkt_question(packet.get()), 0), question);
  if (!is_name(question.asked)) return Unreadable::malformed;
  if (ldns_pkt_edns(packet.get()))
    question.edns =
        Edns{ldns_pkt_edns_version(packet.get()), ldns_pkt_edns_udp_size(packet.get()), ldns_pkt_edns_do(packet.get())};
  return question;
}

Bytes write_reply(const Question& question, const Reply& reply, std::size_t bytes_max) {
  const PacketPtr whole = packet_for(question, reply);
  add(whole.get(), LDNS_SECTION_ANSWER, reply.answers);
  add(whole.get(), LDNS_SECTION_AUTHORITY, reply.authority);
  Bytes written = wire_of(whole.get());
  if (written.size() <= bytes_max) return written;
  const PacketPtr cut = packet_for(question, reply);
  ldns_pkt_set_tc(cut.get(), true);
  return wire_of(cut.get());
}

Bytes write_malformed(ByteView message) {
  CHECK(message.size() >= header_bytes);
  const PacketPtr packet(ldns_pkt_new());
  CHECK(packet != nullptr);
  ldns_pkt_set_id(packet.get(), LDNS_ID_WIRE(message.data()));
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_opcode(packet.get(), static_cast<ldns_pkt_opcode>(LDNS_OPCODE_WIRE(message.data())));
  ldns_pkt_set_rd(packet.get(), LDNS_RD_WIRE(message.data()) != 0);
  ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(Code::format_error));
  return wire_of(packet.get());
}

bool is_name(const std::string& name) {
  return name_field(name) != nullptr;
}

bool is_answer(ByteView message, const Question& question, std::uint16_t id) {
  const bool header = message.size() >= header_bytes && LDNS_QR_WIRE(message.data()) &&
                      LDNS_ID_WIRE(message.data()) == id && LDNS_QDCOUNT(message.data()) == 1;
  if (!header) return false;
  ldns_rr* read = nullptr;
  std::size_t position = header_bytes;
  const ldns_status status = ldns_wire2rr(&read, message.data(), message.size(), &position, LDNS_SECTION_QUESTION);
  const RecordPtr record(status == LDNS_STATUS_OK ? read : nullptr);
  if (!record) return false;
  Question answered;
  read_name(record.get(), answered);
  return answered.name == question.name && answered.type == question.type &&
         answered.question_class == question.question_class;
}

Code code_of(ByteView message) {
  return static_cast<Code>(LDNS_RCODE_WIRE(message.data()));
}

Bytes with_id(ByteView message, std::uint16_t id) {
  CHECK(message.size() >= header_bytes);
  Bytes changed(message.begin(), message.end());
  changed[0] = static_cast<Byte>(id >> 8);
  changed[1] = static_cast<Byte>(id);
  return changed;
}

}  // namespace tarn::names
