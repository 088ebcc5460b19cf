// Router solicitations and advertisements (RFC 4861 section 6).
#include "wire/nd/router.h"
#include "answer/answer.h"
#include "answer/protocols.h"

namespace tarn::answer {

namespace nd = wire::nd;
namespace packet = wire::packet;

namespace {

constexpr Ip all_nodes{Family::v6, {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
constexpr Ip all_routers{Family::v6, {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
constexpr std::uint8_t hop_limit_advertised = 64;  // IANA's current default, RFC 1700

nd::RouterAdvertisement message_of(const Advertisement& advertisement) {
  nd::RouterAdvertisement message;
  message.hop_limit = hop_limit_advertised;
  message.managed = advertisement.managed;
  message.other = advertisement.other;
  message.router_lifetime_s = advertisement.router_lifetime_s;
  message.source_link = advertisement.router_mac;
  if (advertisement.mtu != 0) message.mtu = advertisement.mtu;
  for (const PrefixItem& item : advertisement.prefixes) {
    if (item.prefix.address.is_v4()) continue;
    message.prefixes.push_back(
        {item.prefix, item.on_link, item.autonomous, advertisement.valid_s, advertisement.preferred_s});
  }
  nd::DnsServers servers{advertisement.dns_lifetime_s, {}};
  for (const Ip& server : advertisement.dns_servers) {
    if (!server.is_v4()) servers.addresses.push_back(server);
  }
  if (!servers.addresses.empty()) message.dns_servers.push_back(std::move(servers));
  if (!advertisement.dns_search.empty()) {
    message.dns_search.push_back({advertisement.dns_lifetime_s, advertisement.dns_search});
  }
  return message;
}

}  // namespace

Bytes router_advertisement(const Advertisement& advertisement, const std::optional<AdvertisementTarget>& target) {
  const packet::Envelope envelope{.destination = target ? target->mac : packet::multicast_mac(all_nodes),
                                  .source = advertisement.router_mac,
                                  .from = Ip::link_local(advertisement.router_mac),
                                  .to = target ? target->address : all_nodes,
                                  .hop_limit = nd::hop_limit_required};
  return packet::build_icmp6(envelope, nd::type_router_advertisement, 0, nd::encode(message_of(advertisement)));
}

std::optional<Bytes> answer_solicitation(const Advertisement& advertisement, const Received& received,
                                         const packet::Icmp6View& message) {
  const packet::IpView& ip = received.ip;
  if (ip.hop_limit != nd::hop_limit_required || message.code != 0) return std::nullopt;  // section 6.1.1
  if (ip.destination != all_routers && ip.destination != Ip::link_local(advertisement.router_mac)) return std::nullopt;
  const auto solicitation = nd::decode_solicitation(message.body);
  if (!solicitation) return std::nullopt;
  if (ip.source.is_zero()) {
    if (solicitation->source_link) return std::nullopt;  // section 6.1.1
    return router_advertisement(advertisement, std::nullopt);
  }
  if (ip.source.is_multicast()) return std::nullopt;
  return router_advertisement(advertisement, AdvertisementTarget{received.ethernet.source, ip.source});
}

}  // namespace tarn::answer
