// The three protocols behind answer.h, each given a packet that was already found to come from the port's own MAC.
// Internal to this module; pure, like all of it.
#pragma once

#include <optional>

#include "answer/values.h"
#include "base/bytes.h"
#include "wire/packet/transport.h"

namespace tarn::answer {

struct Received {
  const wire::packet::EthernetView& ethernet;
  const wire::packet::IpView& ip;
};

std::optional<Bytes> answer_dhcp4(const Dhcp4Lease& lease, const Received& received,
                                  const wire::packet::UdpView& datagram);
std::optional<Bytes> answer_dhcp6(const Dhcp6Lease& lease, const Received& received,
                                  const wire::packet::UdpView& datagram);
std::optional<Bytes> answer_solicitation(const Advertisement& advertisement, const Received& received,
                                         const wire::packet::Icmp6View& message);

struct AdvertisementTarget {
  Mac mac;
  Ip address;
};
// A router advertisement for one neighbour, or without a target for all nodes of the link (RFC 4861 section 6.2).
Bytes router_advertisement(const Advertisement& advertisement, const std::optional<AdvertisementTarget>& target);

}  // namespace tarn::answer
