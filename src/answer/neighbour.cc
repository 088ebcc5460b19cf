// Neighbour advertisements for the addresses of routers (RFC 4861 section 7.2.4).
#include "wire/nd/neighbour.h"

#include "answer/answer.h"
#include "wire/nd/router.h"
#include "wire/packet/transport.h"

namespace tarn::answer {

namespace nd = wire::nd;
namespace packet = wire::packet;

std::optional<Bytes> completed_advertisement(ByteView frame) {
  const auto ethernet = packet::read_ethernet(frame);
  const auto ip = ethernet ? packet::read_ip(*ethernet) : std::nullopt;
  const auto message = ip ? packet::read_icmp6(*ip) : std::nullopt;
  if (!message || message->type != nd::type_neighbour_advertisement || ip->hop_limit != nd::hop_limit_required)
    return std::nullopt;
  auto advertisement = nd::decode_neighbour_advertisement(message->body);
  if (!advertisement || advertisement->target != ip->source) return std::nullopt;
  advertisement->router = advertisement->overrides = true;
  advertisement->solicited = !ip->destination.is_multicast();  // who has no address yet is not told so alone (7.2.4)
  advertisement->target_link = ethernet->source;
  const packet::Envelope envelope{.destination = ethernet->destination,
                                  .source = ethernet->source,
                                  .from = ip->source,
                                  .to = ip->destination,
                                  .hop_limit = nd::hop_limit_required};
  return packet::build_icmp6(envelope, nd::type_neighbour_advertisement, 0, nd::encode(*advertisement));
}

}  // namespace tarn::answer
