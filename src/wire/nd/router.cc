#include "wire/nd/router.h"

#include "base/check.h"
#include "wire/packet/domain_name.h"
#include "wire/packet/frame.h"

namespace tarn::wire::nd {
namespace {

enum OptionType : std::uint8_t { source_link = 1, prefix_information = 3, mtu = 5, dns_servers = 25, dns_search = 31 };

constexpr std::size_t option_unit_bytes = 8;
constexpr std::size_t option_bytes_max = 255 * option_unit_bytes;
constexpr std::uint8_t flag_managed = 0x80;
constexpr std::uint8_t flag_other = 0x40;
constexpr std::uint8_t flag_on_link = 0x80;
constexpr std::uint8_t flag_autonomous = 0x40;

// Calls `each(type, value)` for every option; false if the list is malformed.
template <class Each>
bool read_options(ByteReader& reader, Each each) {
  while (reader.left() > 0) {
    const std::uint8_t type = reader.u8();
    const std::size_t units = reader.u8();
    if (units == 0) return false;
    const ByteView value = reader.take(units * option_unit_bytes - 2);
    if (!reader.ok()) return false;
    each(type, value);
  }
  return reader.ok();
}

std::optional<Mac> read_link(ByteView value) {
  ByteReader reader(value);
  const Mac mac = packet::read_mac(reader);
  return reader.ok() && reader.left() == 0 ? std::optional(mac) : std::nullopt;
}

std::optional<PrefixOption> read_prefix(ByteView value) {
  ByteReader reader(value);
  const int length = reader.u8();
  const std::uint8_t flags = reader.u8();
  PrefixOption option;
  option.on_link = (flags & flag_on_link) != 0;
  option.autonomous = (flags & flag_autonomous) != 0;
  option.valid_s = reader.u32();
  option.preferred_s = reader.u32();
  reader.skip(4);
  const Ip address = packet::read_ip6(reader);
  if (!reader.ok() || length > address.bits()) return std::nullopt;
  option.prefix = Prefix::of(address, length);
  return option;
}

std::optional<DnsServers> read_dns_servers(ByteView value) {
  ByteReader reader(value);
  reader.skip(2);
  DnsServers servers{.lifetime_s = reader.u32(), .addresses = {}};
  while (reader.ok() && reader.left() >= 16) servers.addresses.push_back(packet::read_ip6(reader));
  if (!reader.ok() || servers.addresses.empty()) return std::nullopt;
  return servers;
}

std::optional<DnsSearch> read_dns_search(ByteView value) {
  ByteReader reader(value);
  reader.skip(2);
  DnsSearch search{.lifetime_s = reader.u32(), .domains = {}};
  auto domains = packet::decode_domains(reader.take(reader.left()));
  if (!reader.ok() || !domains || domains->empty()) return std::nullopt;
  search.domains = std::move(*domains);
  return search;
}

void read_option(RouterAdvertisement& into, std::uint8_t type, ByteView value) {
  if (type == source_link) into.source_link = read_link(value);
  if (type == mtu && value.size() == 6) {
    ByteReader reader(value.subspan(2));
    into.mtu = reader.u32();
  }
  if (type == prefix_information) {
    if (auto option = read_prefix(value)) into.prefixes.push_back(*option);
  }
  if (type == dns_servers) {
    if (auto servers = read_dns_servers(value)) into.dns_servers.push_back(std::move(*servers));
  }
  if (type == dns_search) {
    if (auto search = read_dns_search(value)) into.dns_search.push_back(std::move(*search));
  }
}

void put_option(ByteWriter& writer, OptionType type, ByteView value) {
  ByteWriter option;
  option.u8(type).u8(0).put(value).pad_to(option_unit_bytes);
  Bytes bytes = std::move(option).finish();
  if (bytes.size() > option_bytes_max) return;
  bytes[1] = static_cast<Byte>(bytes.size() / option_unit_bytes);
  writer.put(bytes);
}

void put_link(ByteWriter& writer, const std::optional<Mac>& link) {
  if (link) put_option(writer, source_link, link->bytes);
}

void put_prefix(ByteWriter& writer, const PrefixOption& option) {
  CHECK(!option.prefix.address.is_v4());
  ByteWriter value;
  value.u8(static_cast<std::uint8_t>(option.prefix.length));
  value.u8(static_cast<std::uint8_t>((option.on_link ? flag_on_link : 0) | (option.autonomous ? flag_autonomous : 0)));
  value.u32(option.valid_s).u32(option.preferred_s).u32(0).put(packet::address_bytes(option.prefix.address));
  put_option(writer, prefix_information, value.view());
}

void put_dns_servers(ByteWriter& writer, const DnsServers& servers) {
  ByteWriter value;
  value.u16(0).u32(servers.lifetime_s);
  for (const Ip& address : servers.addresses) {
    CHECK(!address.is_v4());
    value.put(packet::address_bytes(address));
  }
  if (!servers.addresses.empty()) put_option(writer, dns_servers, value.view());
}

void put_dns_search(ByteWriter& writer, const DnsSearch& search) {
  ByteWriter value;
  value.u16(0).u32(search.lifetime_s);
  const std::size_t empty = value.size();
  for (const std::string& domain : search.domains) {
    if (const auto name = packet::encode_domain(domain)) value.put(*name);
  }
  if (value.size() > empty) put_option(writer, dns_search, value.view());
}

}  // namespace

Result<RouterSolicitation> decode_solicitation(ByteView body) {
  ByteReader reader(body);
  reader.skip(4);
  RouterSolicitation solicitation;
  const bool whole = reader.ok() && read_options(reader, [&](std::uint8_t type, ByteView value) {
                       if (type == source_link) solicitation.source_link = read_link(value);
                     });
  if (!whole) return fail(ErrorCode::invalid, "The router solicitation is malformed.");
  return solicitation;
}

Result<RouterAdvertisement> decode_advertisement(ByteView body) {
  ByteReader reader(body);
  RouterAdvertisement advertisement;
  advertisement.hop_limit = reader.u8();
  const std::uint8_t flags = reader.u8();
  advertisement.managed = (flags & flag_managed) != 0;
  advertisement.other = (flags & flag_other) != 0;
  advertisement.router_lifetime_s = reader.u16();
  advertisement.reachable_ms = reader.u32();
  advertisement.retransmit_ms = reader.u32();
  const bool whole = reader.ok() && read_options(reader, [&](std::uint8_t type, ByteView value) {
                       read_option(advertisement, type, value);
                     });
  if (!whole) return fail(ErrorCode::invalid, "The router advertisement is malformed.");
  return advertisement;
}

Bytes encode(const RouterSolicitation& solicitation) {
  ByteWriter writer;
  writer.u32(0);
  put_link(writer, solicitation.source_link);
  return std::move(writer).finish();
}

Bytes encode(const RouterAdvertisement& advertisement) {
  ByteWriter writer;
  writer.u8(advertisement.hop_limit);
  writer.u8(
      static_cast<std::uint8_t>((advertisement.managed ? flag_managed : 0) | (advertisement.other ? flag_other : 0)));
  writer.u16(advertisement.router_lifetime_s).u32(advertisement.reachable_ms).u32(advertisement.retransmit_ms);
  put_link(writer, advertisement.source_link);
  if (advertisement.mtu) put_option(writer, mtu, ByteWriter().u16(0).u32(*advertisement.mtu).view());
  for (const PrefixOption& prefix : advertisement.prefixes) put_prefix(writer, prefix);
  for (const DnsServers& servers : advertisement.dns_servers) put_dns_servers(writer, servers);
  for (const DnsSearch& search : advertisement.dns_search) put_dns_search(writer, search);
  return std::move(writer).finish();
}

}  // namespace tarn::wire::nd
