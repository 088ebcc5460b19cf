// The server's side of DHCPv4 (RFC 2131 section 4.3).
#include "wire/dhcp/dhcp4.h"

#include <algorithm>

#include "answer/extra_options.h"
#include "answer/protocols.h"
#include "base/check.h"
#include "wire/packet/domain_name.h"

namespace tarn::answer {

namespace code = wire::dhcp::code4;
namespace dhcp = wire::dhcp;
namespace packet = wire::packet;
using dhcp::Message4;
using dhcp::MessageType4;

namespace {

constexpr Ip limited_broadcast{Family::v4, {255, 255, 255, 255}};
constexpr std::size_t datagram_bytes_default = 576;  // RFC 2131 section 2: what every client takes
constexpr std::size_t datagram_bytes_most = 1500;
constexpr std::size_t headers_bytes = 28;  // IPv4 and UDP

// What a client cannot work without comes first, for replies too large for it lose their end.
constexpr std::uint8_t essential_order[] = {
    code::message_type, code::server_id,      code::lease_time,      code::subnet_mask,   code::client_id,
    code::relay_agent,  code::router,         code::classless_route, code::mtu,           code::dns_server,
    code::renewal_time, code::rebinding_time, code::message,         code::bootfile_name, code::tftp_server,
    code::host_name,    code::domain_name,    code::broadcast};

Bytes u32_bytes(std::uint32_t value) {
  ByteWriter writer;
  writer.u32(value);
  return std::move(writer).finish();
}

Bytes address_list(std::span<const Ip> addresses) {
  ByteWriter writer;
  for (const Ip& address : addresses) {
    if (address.is_v4()) writer.put(packet::address_bytes(address));
  }
  return std::move(writer).finish();
}

std::optional<Ip> first_address(const Bytes& value) {
  ByteReader reader(value);
  const Ip first = packet::read_ip4(reader);
  return reader.ok() ? std::optional(first) : std::nullopt;
}

bool asks_for(const Message4& request, std::uint8_t option) {
  const ByteView list = request.option(code::parameter_list);
  return list.empty() || std::ranges::find(list, option) != list.end();
}

// A reply with what every reply carries (table 3; RFC 6842 for the client identifier, RFC 3046 for the relay's).
Message4 reply_to(const Message4& request, const Dhcp4Lease& lease, MessageType4 type) {
  Message4 reply;
  reply.op = 2;
  reply.transaction = request.transaction;
  reply.broadcast = request.broadcast;
  reply.hardware = request.hardware;
  reply.options[code::message_type] = {static_cast<Byte>(type)};
  reply.options[code::server_id] = address_list({{lease.server_id}});
  for (const std::uint8_t echoed : {code::client_id, code::relay_agent}) {
    if (request.has(echoed)) reply.options[echoed] = request.options.at(echoed);
  }
  return reply;
}

void put_lease_times(Message4& reply, const Dhcp4Lease& lease, const ExtraBytes& extra) {
  std::uint32_t lease_s = lease.lease_s;
  if (const auto asked = extra.options.find(code::lease_time); asked != extra.options.end()) {
    lease_s = ByteReader(asked->second).u32();
  }
  reply.options[code::lease_time] = u32_bytes(lease_s);
  if (lease_s == infinite_s) return;
  reply.options[code::renewal_time] = u32_bytes(lease_s / 2);  // section 4.4.5
  reply.options[code::rebinding_time] = u32_bytes(static_cast<std::uint32_t>(std::uint64_t{lease_s} * 7 / 8));
}

// RFC 3442: a client that reads classless routes ignores the router option, so they hold the default route too.
Bytes route_bytes(const Dhcp4Lease& lease, const std::optional<Ip>& router) {
  std::vector<dhcp::Route4> routes;
  bool has_default = false;
  for (const Route& route : lease.routes) {
    if (!route.to.address.is_v4() || !route.via.is_v4()) continue;
    has_default = has_default || route.to.length == 0;
    routes.push_back({route.to, route.via});
  }
  if (!routes.empty() && router && !has_default) routes.push_back({Prefix::of(Ip::from_v4(0), 0), *router});
  return dhcp::encode_routes(routes);
}

void put_routing(Message4& reply, const Dhcp4Lease& lease, const Message4& request, const ExtraBytes& extra) {
  std::optional<Ip> router = lease.router;
  if (const auto asked = extra.options.find(code::router); asked != extra.options.end()) {
    router = first_address(asked->second);
  }
  if (extra.suppressed.contains(code::router)) router.reset();
  if (router) reply.options[code::router] = address_list({{*router}});
  const Bytes routes = route_bytes(lease, router);
  if (routes.empty()) return;
  reply.options[code::classless_route] = routes;
  // Older Windows asks for the same under a number of its own.
  if (!request.option(code::parameter_list).empty() && asks_for(request, code::classless_route_microsoft)) {
    reply.options[code::classless_route_microsoft] = routes;
  }
}

void put_configuration(Message4& reply, const Dhcp4Lease& lease, const Message4& request) {
  const ExtraBytes extra = extra_options(lease.extra, Family::v4, request.has(code::ipxe));
  const Prefix subnet = Prefix::of(lease.address, lease.prefix_length);
  reply.options[code::subnet_mask] = address_list({{subnet.mask()}});
  if (lease.prefix_length < 31) reply.options[code::broadcast] = address_list({{subnet.last()}});
  if (const Bytes servers = address_list(lease.dns_servers); !servers.empty()) {
    reply.options[code::dns_server] = servers;
  }
  if (lease.mtu != 0 && lease.mtu <= 0xffff) {
    reply.options[code::mtu] = {static_cast<Byte>(lease.mtu >> 8), static_cast<Byte>(lease.mtu)};
  }
  put_routing(reply, lease, request, extra);
  if (!lease.host_name.empty() && asks_for(request, code::host_name)) {
    reply.options[code::host_name] = Bytes(lease.host_name.begin(), lease.host_name.end());
  }
  if (!lease.domain_name.empty() && asks_for(request, code::domain_name)) {
    reply.options[code::domain_name] = Bytes(lease.domain_name.begin(), lease.domain_name.end());
  }
  const auto search = packet::encode_domain(lease.domain_name);
  if (search && !request.option(code::parameter_list).empty() && asks_for(request, code::domain_search)) {
    reply.options[code::domain_search] = *search;
  }
  const bool leased = reply.type() != MessageType4::ack || request.type() != MessageType4::inform;
  if (leased) put_lease_times(reply, lease, extra);
  for (const auto& [number, value] : extra.options) {
    const bool is_time = number == code::lease_time || number == code::renewal_time || number == code::rebinding_time;
    if (leased || !is_time) reply.options[static_cast<std::uint8_t>(number)] = value;
  }
  for (const std::uint16_t number : extra.suppressed) reply.options.erase(static_cast<std::uint8_t>(number));
  reply.next_server = extra.next_server.value_or(Ip());
}

// Boot ROMs read the header's fields, not the options (RFC 2132 sections 9.4, 9.5 name the same values).
void put_boot_fields(Message4& reply) {
  const auto text = [&](std::uint8_t option) {
    const ByteView value = reply.option(option);
    return std::string(value.begin(), value.end());
  };
  reply.file = text(code::bootfile_name);
  reply.server_name = text(code::tftp_server);
  if (const auto server = Ip::parse(reply.server_name); server && server->is_v4() && reply.next_server.is_zero()) {
    reply.next_server = *server;
  }
}

std::optional<Message4> reply_to_request(const Dhcp4Lease& lease, const Message4& request) {
  const auto server = request.address_option(code::server_id);
  if (request.has(code::server_id) && server != lease.server_id) return std::nullopt;  // another server was chosen
  // SELECTING and INIT-REBOOT name the address in an option, RENEWING and REBINDING in ciaddr (section 4.3.2).
  auto asked = request.address_option(code::requested_address);
  if (!asked && !request.client.is_zero()) asked = request.client;
  if (!asked && !server) return std::nullopt;
  if (asked != lease.address) {
    Message4 nak = reply_to(request, lease, MessageType4::nak);
    const std::string_view why = "The address is not this port's.";
    nak.options[code::message] = Bytes(why.begin(), why.end());
    nak.broadcast = true;
    return nak;
  }
  Message4 ack = reply_to(request, lease, MessageType4::ack);
  ack.client = request.client;
  ack.yours = lease.address;
  put_configuration(ack, lease, request);
  return ack;
}

std::optional<Message4> reply_to_message(const Dhcp4Lease& lease, const Message4& request) {
  const auto type = request.type();
  if (!type) return std::nullopt;
  switch (*type) {
    case MessageType4::discover: {
      Message4 offer = reply_to(request, lease, MessageType4::offer);
      offer.yours = lease.address;
      put_configuration(offer, lease, request);
      return offer;
    }
    case MessageType4::request:
      return reply_to_request(lease, request);
    case MessageType4::inform: {
      if (request.client.is_zero()) return std::nullopt;
      Message4 ack = reply_to(request, lease, MessageType4::ack);
      ack.client = request.client;
      put_configuration(ack, lease, request);
      return ack;
    }
    case MessageType4::decline:  // the address is the port's own whatever it says
    case MessageType4::release:
    case MessageType4::offer:
    case MessageType4::ack:
    case MessageType4::nak:
      return std::nullopt;
  }
  return std::nullopt;
}

// Section 4.1: refusals are broadcast; else to ciaddr; else broadcast if asked for; else to the new address.
packet::Envelope envelope_of(const Dhcp4Lease& lease, const Message4& reply, const Mac& client) {
  packet::Envelope envelope{.destination = client, .source = lease.server_mac, .from = lease.server_id, .to = {}};
  const bool refused = reply.type() == MessageType4::nak;
  if (!refused && !reply.client.is_zero()) {
    envelope.to = reply.client;
  } else if (refused || reply.broadcast) {
    envelope.to = limited_broadcast;
    envelope.destination = packet::broadcast_mac;
  } else {
    envelope.to = reply.yours;
  }
  return envelope;
}

std::size_t reply_bytes_max(const Message4& request) {
  ByteReader reader(request.option(code::message_bytes_max));
  const std::size_t asked = reader.left() == 2 ? reader.u16() : datagram_bytes_default;
  return std::clamp(asked, datagram_bytes_default, datagram_bytes_most) - headers_bytes;
}

Bytes encode(const Message4& reply, const Message4& request) {
  std::vector<std::uint8_t> order(std::begin(essential_order), std::end(essential_order));
  const ByteView list = request.option(code::parameter_list);
  order.insert(order.end(), list.begin(), list.end());
  return dhcp::encode4(reply, order, reply_bytes_max(request));
}

bool is_from_port(const Message4& message, const Mac& mac) {
  return message.op == 1 && message.hardware_type == 1 && message.hardware_bytes == 6 && message.mac() == mac &&
         message.relay.is_zero();
}

}  // namespace

std::optional<Bytes> answer_dhcp4(const Dhcp4Lease& lease, const Received& received, const packet::UdpView& datagram) {
  CHECK(lease.server_id.is_v4() && lease.address.is_v4() && (!lease.router || lease.router->is_v4()));
  const Ip& to = received.ip.destination;
  if (to != limited_broadcast && to != lease.server_id) return std::nullopt;
  const auto request = dhcp::decode4(datagram.payload);
  const Mac& client = received.ethernet.source;
  if (!request || !is_from_port(*request, client)) return std::nullopt;
  std::optional<Message4> reply = reply_to_message(lease, *request);
  if (!reply) return std::nullopt;
  put_boot_fields(*reply);
  const packet::Envelope envelope = envelope_of(lease, *reply, client);
  return packet::build_udp(envelope, {dhcp::server_port4, dhcp::client_port4}, encode(*reply, *request));
}

}  // namespace tarn::answer
