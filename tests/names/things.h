// What tests of names stand on: questions written byte by byte, replies read back as text, and a network with a few
// names.
#pragma once

#include <ldns/ldns.h>

#include <memory>

#include "base/bytes.h"
#include "names/desk.h"

namespace tarn::names::test {

inline constexpr std::uint16_t id = 0x1234;
inline constexpr std::uint16_t a = 1, ns = 2, soa = 6, ptr = 12, mx = 15, aaaa = 28, axfr = 252, any = 255;
inline constexpr std::uint16_t internet = 1, chaos = 3;

struct Asked {
  std::string name;  // "web.openstacklocal."
  std::uint16_t type = a;
  std::uint16_t question_class = internet;
  std::optional<std::uint16_t> edns_bytes = std::nullopt;  // absent: no EDNS
  std::uint8_t edns_version = 0;
  std::uint8_t opcode = 0;
};

// RFC 1035 section 4.1, RFC 6891 section 6.1.2.
inline Bytes wire(const Asked& asked) {
  ByteWriter writer;
  writer.u16(id);
  writer.u16(static_cast<std::uint16_t>(asked.opcode << 11 | 0x0100));
  writer.u16(1);
  writer.u16(0);
  writer.u16(0);
  writer.u16(asked.edns_bytes ? 1 : 0);
  std::string_view rest = asked.name;
  while (!rest.empty()) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    writer.u8(static_cast<std::uint8_t>(label.size()));
    for (const char c : label) writer.u8(static_cast<std::uint8_t>(c));
    rest.remove_prefix(std::min(label.size() + 1, rest.size()));
    if (label.empty()) break;
  }
  if (asked.name != ".") writer.u8(0);
  writer.u16(asked.type);
  writer.u16(asked.question_class);
  if (asked.edns_bytes) {
    writer.u8(0);
    writer.u16(41);
    writer.u16(*asked.edns_bytes);
    writer.u8(0);
    writer.u8(asked.edns_version);
    writer.u16(0);
    writer.u16(0);
  }
  return std::move(writer).finish();
}

struct Said {
  bool readable = false;
  int code = -1;  // with the bits of EDNS
  bool authoritative = false, truncated = false, recursion_available = false;
  std::string question;              // "Web.openstacklocal."
  std::vector<std::string> answers;  // "web.openstacklocal. 5 IN A 10.0.0.5"
  std::vector<std::string> authority;
  std::optional<std::uint16_t> edns_bytes;
  std::size_t size = 0;
};

inline std::vector<std::string> lines(const ldns_rr_list* records) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
    const std::unique_ptr<char, decltype(&std::free)> text(ldns_rr2str(ldns_rr_list_rr(records, i)), std::free);
    std::string line(text.get());
    while (!line.empty() && line.back() == '\n') line.pop_back();
    std::ranges::replace(line, '\t', ' ');
    texts.push_back(line);
  }
  return texts;
}

inline Said read(const Bytes& message) {
  Said said;
  ldns_pkt* read = nullptr;
  said.readable = ldns_wire2pkt(&read, message.data(), message.size()) == LDNS_STATUS_OK;
  const std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)> packet(read, ldns_pkt_free);
  if (!said.readable || ldns_pkt_id(packet.get()) != id || !ldns_pkt_qr(packet.get())) return {};
  said.size = message.size();
  said.code = ldns_pkt_get_rcode(packet.get()) | ldns_pkt_edns_extended_rcode(packet.get()) << 4;
  said.authoritative = ldns_pkt_aa(packet.get());
  said.truncated = ldns_pkt_tc(packet.get());
  said.recursion_available = ldns_pkt_ra(packet.get());
  if (ldns_pkt_qdcount(packet.get()) == 1) {
    const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(packet.get()), 0);
    const std::unique_ptr<char, decltype(&std::free)> text(ldns_rdf2str(ldns_rr_owner(question)), std::free);
    said.question = text.get();
  }
  said.answers = lines(ldns_pkt_answer(packet.get()));
  said.authority = lines(ldns_pkt_authority(packet.get()));
  if (ldns_pkt_edns(packet.get())) said.edns_bytes = ldns_pkt_edns_udp_size(packet.get());
  return said;
}

inline Ip ip(const std::string& text) {
  return Ip::parse(text).value();
}

inline domain::NameFile::Spec some_names() {
  return {.domain = "openstacklocal.",
          .names = {{"db.tier.openstacklocal.", ip("10.0.0.7")},
                    {"host-10-0-0-9.openstacklocal.", ip("10.0.0.9")},
                    {"web.openstacklocal.", ip("10.0.0.5")},
                    {"web.openstacklocal.", ip("2001:db8::5")}}};
}

}  // namespace tarn::names::test
