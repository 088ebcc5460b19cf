// What is announced to routers outside, and to which: BGP speakers and their peers. Rows only, as in model/rows.h;
// their rules are in model/admit, the routes in model/bgp_routes.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/uuid.h"
#include "model/rows/standard.h"

namespace tarn {
using BgpSpeakerId = Id<struct BgpSpeakerTag>;
using BgpPeerId = Id<struct BgpPeerTag>;
}  // namespace tarn

namespace tarn::model {

enum class BgpAuth : std::uint8_t { none, md5 };

// A router outside.
struct BgpPeer {
  static constexpr Kind kind = Kind::bgp_peer;
  static constexpr std::string_view word = "bgp_peer";
  static constexpr std::string_view called = "BgpPeer";

  BgpPeerId id;
  Standard standard;
  Ip address;
  std::uint32_t remote_as = 0;
  BgpAuth auth = BgpAuth::none;
  std::optional<std::string> password;  // of TCP's MD5 option (RFC 2385); told to agents that need it, never shown
  bool operator==(const BgpPeer&) const = default;
};

struct BgpSpeaker {
  static constexpr Kind kind = Kind::bgp_speaker;
  static constexpr std::string_view word = "bgp_speaker";
  static constexpr std::string_view called = "BgpSpeaker";

  BgpSpeakerId id;
  Standard standard;
  int ip_version = 4;
  std::uint32_t local_as = 0;
  bool advertise_floating_ips = true;
  bool advertise_tenant_networks = true;
  std::vector<NetworkId> networks;  // by whose gateways what is announced is reached; in the order in which they came
  std::vector<BgpPeerId> peers;     // likewise
  std::vector<std::string> barred_hosts;  // not to announce; sorted
  bool operator==(const BgpSpeaker&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const BgpPeer*) {
  visit("id", &BgpPeer::id);
  visit("standard", &BgpPeer::standard);
  visit("address", &BgpPeer::address);
  visit("remote_as", &BgpPeer::remote_as);
  visit("auth", &BgpPeer::auth);
  visit("password", &BgpPeer::password);
}
template <class Visit>
void describe(Visit&& visit, const BgpSpeaker*) {
  visit("id", &BgpSpeaker::id);
  visit("standard", &BgpSpeaker::standard);
  visit("ip_version", &BgpSpeaker::ip_version);
  visit("local_as", &BgpSpeaker::local_as);
  visit("advertise_floating_ips", &BgpSpeaker::advertise_floating_ips);
  visit("advertise_tenant_networks", &BgpSpeaker::advertise_tenant_networks);
  visit("networks", &BgpSpeaker::networks);
  visit("peers", &BgpSpeaker::peers);
  visit("barred_hosts", &BgpSpeaker::barred_hosts);
}

template <class Visit>
void refer(Visit&& visit, const BgpSpeaker& speaker) {
  for (const NetworkId& network : speaker.networks) visit(network.uuid);
  for (const BgpPeerId& peer : speaker.peers) visit(peer.uuid);
}

}  // namespace tarn::model
