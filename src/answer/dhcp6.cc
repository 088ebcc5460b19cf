// The server's side of DHCPv6 (RFC 8415 section 18.3).
#include <algorithm>

#include "answer/extra_options.h"
#include "answer/protocols.h"
#include "wire/dhcp/dhcp6.h"
#include "wire/packet/domain_name.h"

namespace tarn::answer {

namespace dhcp = wire::dhcp;
namespace packet = wire::packet;
using dhcp::Message6;
using dhcp::MessageType6;
using dhcp::Status6;

namespace {

constexpr Ip all_servers{Family::v6, {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2}};
constexpr std::uint8_t preference_max = 255;   // section 18.2.1: the client need not wait for other servers
constexpr std::size_t associations_max = 16;   // of one message; more are left without an answer
constexpr std::size_t duid_bytes_max = 130;    // section 11.1
constexpr std::size_t reply_bytes_max = 1452;  // what a frame of 1500 bytes leaves behind its IPv6 and UDP headers

enum class Presence { required, forbidden, optional };

// Sections 16.2 to 16.9: which messages name a server.
Presence server_id_presence(MessageType6 type) {
  switch (type) {
    case MessageType6::solicit:
    case MessageType6::confirm:
    case MessageType6::rebind:
      return Presence::forbidden;
    case MessageType6::information_request:
      return Presence::optional;
    case MessageType6::request:
    case MessageType6::renew:
    case MessageType6::release:
    case MessageType6::decline:
    case MessageType6::advertise:
    case MessageType6::reply:
    case MessageType6::reconfigure:
      return Presence::required;
  }
  return Presence::required;
}

bool is_for(const Dhcp6Lease& lease, const Message6& message) {
  const auto client = message.option(dhcp::code6::client_id);
  if (!client && message.type != MessageType6::information_request) return false;
  if (client && client->size() > duid_bytes_max) return false;
  const auto server = message.option(dhcp::code6::server_id);
  const Presence presence = server_id_presence(message.type);
  if (!server) return presence != Presence::required;
  return presence != Presence::forbidden && std::ranges::equal(*server, dhcp::duid_of(lease.server_mac));
}

bool holds(const Dhcp6Lease& lease, const Ip& address) {
  return std::ranges::find(lease.addresses, address) != lease.addresses.end();
}

// The associations of the message, or nothing if one of them is malformed.
std::optional<std::vector<dhcp::IaNa>> associations(const Message6& message) {
  std::vector<dhcp::IaNa> all;
  for (const dhcp::Option6& option : message.options) {
    if (option.code != dhcp::code6::ia_na || all.size() == associations_max) continue;
    auto ia = dhcp::decode_ia_na(option.value);
    if (!ia) return std::nullopt;
    all.push_back(std::move(*ia));
  }
  return all;
}

std::uint32_t part_of(std::uint32_t seconds, std::uint32_t tenths) {
  return seconds == infinite_s ? infinite_s : static_cast<std::uint32_t>(std::uint64_t{seconds} * tenths / 10);
}

// The port's addresses go to its first association; a second interface behind one port has none of its own.
dhcp::IaNa grant(const Dhcp6Lease& lease, const dhcp::IaNa& asked, bool first, bool withdraw_others) {
  dhcp::IaNa ia{.id = asked.id, .renew_s = 0, .rebind_s = 0, .addresses = {}, .status = {}};
  if (first) {
    for (const Ip& address : lease.addresses) ia.addresses.push_back({address, lease.preferred_s, lease.valid_s});
  }
  if (ia.addresses.empty()) {
    ia.status = withdraw_others ? Status6::no_binding : Status6::no_addresses;
  } else {
    ia.renew_s = part_of(lease.preferred_s, 5);  // section 21.4 recommends 0.5 and 0.8
    ia.rebind_s = part_of(lease.preferred_s, 8);
  }
  if (withdraw_others) {  // sections 18.3.4, 18.3.5: what is not the client's is told with lifetimes of zero
    for (const dhcp::IaAddress& had : asked.addresses) {
      if (!first || !holds(lease, had.address)) ia.addresses.push_back({had.address, 0, 0});
    }
    if (!ia.addresses.empty()) ia.status.reset();
  }
  return ia;
}

void put_leases(Message6& reply, const Dhcp6Lease& lease, const Message6& message,
                const std::vector<dhcp::IaNa>& asked) {
  const bool prolongs = message.type == MessageType6::renew || message.type == MessageType6::rebind;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    reply.options.push_back({dhcp::code6::ia_na, dhcp::encode_ia_na(grant(lease, asked[i], i == 0, prolongs))});
  }
  std::size_t delegations = 0;
  for (const dhcp::Option6& option : message.options) {
    ByteReader reader(option.value);
    if (option.code != dhcp::code6::ia_pd || delegations++ == associations_max) continue;
    const dhcp::IaNa refused{.id = reader.u32(),
                             .renew_s = 0,
                             .rebind_s = 0,
                             .addresses = {},
                             .status = Status6::no_prefix};  // IA_PD has the layout of IA_NA (section 21.21)
    reply.options.push_back({dhcp::code6::ia_pd, dhcp::encode_ia_na(refused)});
  }
}

void put_configuration(Message6& reply, const Dhcp6Lease& lease, const Message6& message) {
  const auto request = message.option(dhcp::code6::option_request);
  const auto codes = request ? dhcp::decode_option_request(*request) : std::vector<std::uint16_t>();
  const auto wanted = [&](std::uint16_t code) {
    return !request || (codes && std::ranges::find(*codes, code) != codes->end());
  };
  const auto user_class = message.option(dhcp::code6::user_class);
  const bool from_ipxe = user_class && !std::ranges::search(*user_class, std::string_view("iPXE")).empty();
  ExtraBytes extra = extra_options(lease.extra, Family::v6, from_ipxe);
  ByteWriter servers;
  for (const Ip& server : lease.dns_servers) {
    if (!server.is_v4()) servers.put(packet::address_bytes(server));
  }
  if (servers.size() > 0 && wanted(dhcp::code6::dns_server)) {
    extra.options.try_emplace(dhcp::code6::dns_server, std::move(servers).finish());
  }
  const auto search = packet::encode_domain(lease.domain_name);
  if (search && wanted(dhcp::code6::domain_search)) extra.options.try_emplace(dhcp::code6::domain_search, *search);
  for (auto& [code, value] : extra.options) reply.options.push_back({code, std::move(value)});
}

void put_status(Message6& reply, Status6 status) {
  reply.options.push_back({dhcp::code6::status, dhcp::encode_status(status)});
}

// Section 18.3.3, but "on link" is said only of the port's own addresses: any other would be dropped by the switch.
bool put_confirmation(Message6& reply, const Dhcp6Lease& lease, const std::vector<dhcp::IaNa>& asked) {
  bool any = false;
  bool all = true;
  for (const dhcp::IaNa& ia : asked) {
    any = any || !ia.addresses.empty();
    all = all && std::ranges::all_of(ia.addresses, [&](const auto& had) { return holds(lease, had.address); });
  }
  if (any) put_status(reply, all ? Status6::success : Status6::not_on_link);
  return any;
}

// False: the message gets no answer.
bool put_body(Message6& reply, const Dhcp6Lease& lease, const Message6& message) {
  const auto asked = associations(message);
  if (!asked) return false;
  switch (message.type) {
    case MessageType6::solicit:
      reply.type = message.has(dhcp::code6::rapid_commit) ? MessageType6::reply : MessageType6::advertise;
      if (reply.type == MessageType6::reply) reply.options.push_back({dhcp::code6::rapid_commit, {}});
      reply.options.push_back({dhcp::code6::preference, {preference_max}});
      put_leases(reply, lease, message, *asked);
      put_configuration(reply, lease, message);
      return true;
    case MessageType6::request:
    case MessageType6::renew:
    case MessageType6::rebind:
      put_leases(reply, lease, message, *asked);
      put_configuration(reply, lease, message);
      return true;
    case MessageType6::confirm:
      return put_confirmation(reply, lease, *asked);
    case MessageType6::release:
    case MessageType6::decline:
      put_status(reply, Status6::success);  // nothing is given back: the address belongs to the port
      return true;
    case MessageType6::information_request:
      if (!asked->empty()) return false;  // section 16.12
      put_configuration(reply, lease, message);
      return true;
    case MessageType6::advertise:
    case MessageType6::reply:
    case MessageType6::reconfigure:
      return false;
  }
  return false;
}

}  // namespace

std::optional<Bytes> answer_dhcp6(const Dhcp6Lease& lease, const Received& received, const packet::UdpView& datagram) {
  const packet::IpView& ip = received.ip;
  const Ip server = Ip::link_local(lease.server_mac);
  if (ip.destination != all_servers && ip.destination != server) return std::nullopt;
  if (!ip.source.is_link_local()) return std::nullopt;  // section 17: clients speak from their link-local address
  const auto message = dhcp::decode6(datagram.payload);
  if (!message || !is_for(lease, *message)) return std::nullopt;
  Message6 reply{.type = MessageType6::reply, .transaction = message->transaction, .options = {}};
  if (const auto client = message->option(dhcp::code6::client_id)) {
    reply.options.push_back({dhcp::code6::client_id, Bytes(client->begin(), client->end())});
  }
  reply.options.push_back({dhcp::code6::server_id, dhcp::duid_of(lease.server_mac)});
  if (!put_body(reply, lease, *message)) return std::nullopt;
  const packet::Envelope envelope{
      .destination = received.ethernet.source, .source = lease.server_mac, .from = server, .to = ip.source};
  const Bytes payload = dhcp::encode6(reply);
  if (payload.size() > reply_bytes_max) return std::nullopt;
  return packet::build_udp(envelope, {dhcp::server_port6, dhcp::client_port6}, payload);
}

}  // namespace tarn::answer
