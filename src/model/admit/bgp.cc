// BGP speakers and peers. Request-only words of a speaker's update, each an id: `add_peer`, `remove_peer`,
// `add_network`, `remove_network`. Any network may be a speaker's: one without gateways gives no routes. Or a host:
// `bar_host`, which announces no longer, and `choose_host`, which is barred no longer.
#include "model/admit/bgp.h"

#include <algorithm>

#include "model/admit/plain.h"
#include "model/bgp_routes.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

struct PeerRules {
  using Row = BgpPeer;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"name", When::both},    {"address", When::created},
      {"remote_as", When::created},  {"auth", When::created}, {"password", When::both},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft&, const Request& request, const BgpPeer* before, BgpPeer& peer) {
    const bool has_password = peer.password && !peer.password->empty();
    if (peer.auth == BgpAuth::md5 && !has_password)
      return fail(ErrorCode::invalid, "InvalidBgpPeerMd5Authentication",
                  "A password must be supplied when using auth_type md5.");
    if (before != nullptr && peer.auth == BgpAuth::none && is_given(request.given, "password"))
      return fail(ErrorCode::not_found, "BgpPeerNotAuthenticated",
                  "BGP peer " + peer.id.text() + " not authenticated.");
    if (has_password && !is_bgp_password(*peer.password))
      return invalid_input("a password is 1 to 80 printable characters of ASCII, without spaces.");
    return {};
  }
  static Status release(Draft& draft, const BgpPeer& peer) {
    leave_speakers(draft, peer.id.uuid);
    return {};
  }
};

template <class Id>
Result<Id> id_in(const Request& request, std::string_view word) {
  Id id;
  if (Status status = fields::take(word, request.given.at(word), id); !status)
    return invalid_input(status.error().message);
  return id;
}

Status add_peer(const Draft& draft, const Request& request, BgpSpeaker& speaker) {
  const Result<BgpPeerId> id = id_in<BgpPeerId>(request, "add_peer");
  if (!id) return fail(id.error());
  const Result<BgpPeer> peer = row_for<BgpPeer>(draft, id->uuid);
  if (!peer) return fail(peer.error());
  for (const BgpPeerId& other : speaker.peers)
    if ((**draft.now().find<BgpPeer>(other.uuid)).address == peer->address)
      return fail(ErrorCode::conflict, "DuplicateBgpPeerIpException",
                  "BGP Speaker " + speaker.id.text() + " is already configured to peer with a BGP Peer at " +
                      peer->address.text() + ", it cannot peer with BGP Peer " + id->text() + ".");
  speaker.peers.push_back(*id);
  return {};
}

Status remove_peer(const Request& request, BgpSpeaker& speaker) {
  const Result<BgpPeerId> id = id_in<BgpPeerId>(request, "remove_peer");
  if (!id) return fail(id.error());
  if (std::erase(speaker.peers, *id) > 0) return {};
  return fail(ErrorCode::not_found, "BgpSpeakerPeerNotAssociated",
              "BGP peer " + id->text() + " is not associated with BGP speaker " + speaker.id.text() + ".");
}

Status add_network(const Draft& draft, const Request& request, BgpSpeaker& speaker) {
  const Result<NetworkId> id = id_in<NetworkId>(request, "add_network");
  if (!id) return fail(id.error());
  if (const Result<Network> network = row_for<Network>(draft, id->uuid); !network) return fail(network.error());
  if (std::ranges::find(speaker.networks, *id) != speaker.networks.end())
    return fail(ErrorCode::conflict, "BgpSpeakerNetworkBindingError",
                "Network " + id->text() + " is already bound to BgpSpeaker " + speaker.id.text() + ".");
  speaker.networks.push_back(*id);
  return {};
}

Status remove_network(const Request& request, BgpSpeaker& speaker) {
  const Result<NetworkId> id = id_in<NetworkId>(request, "remove_network");
  if (!id) return fail(id.error());
  if (std::erase(speaker.networks, *id) > 0) return {};
  return fail(ErrorCode::not_found, "BgpSpeakerNetworkNotAssociated",
              "Network " + id->text() + " is not associated with BGP speaker " + speaker.id.text() + ".");
}

Result<std::string> host_in(const Request& request, std::string_view word) {
  std::string host;
  if (Status status = fields::take(word, request.given.at(word), host); !status)
    return invalid_input(status.error().message);
  return host;
}

// As clients know it.
std::string agent_of(const Draft& draft, const std::string& host) {
  const Versioned<Agent>* agent = draft.now().agent_on(host);
  return agent == nullptr ? host : (*agent)->id.text();
}

Status choose_host(const Draft& draft, const Request& request, BgpSpeaker& speaker) {
  const Result<std::string> host = host_in(request, "choose_host");
  if (!host) return fail(host.error());
  const Versioned<Agent>* agent = draft.now().agent_on(*host);
  if (agent == nullptr || !(*agent)->speaks_bgp || !(*agent)->admin_state_up)
    return fail(ErrorCode::not_found, "DrAgentInvalid",
                "BgpDrAgent " + agent_of(draft, *host) + " is invalid or has been disabled.");
  if (speaks_on(draft.now(), speaker, *host))
    return fail(ErrorCode::conflict, "DrAgentAssociationError",
                "BgpDrAgent " + agent_of(draft, *host) + " is already associated to a BGP speaker.");
  std::erase(speaker.barred_hosts, *host);
  return {};
}

Status bar_host(const Draft& draft, const Request& request, BgpSpeaker& speaker) {
  const Result<std::string> host = host_in(request, "bar_host");
  if (!host) return fail(host.error());
  if (!speaks_on(draft.now(), speaker, *host))
    return fail(
        ErrorCode::not_found, "DrAgentNotHostingBgpSpeaker",
        "BGP speaker " + speaker.id.text() + " is not hosted by the BgpDrAgent " + agent_of(draft, *host) + ".");
  speaker.barred_hosts.insert(std::ranges::lower_bound(speaker.barred_hosts, *host), *host);
  return {};
}

struct SpeakerRules {
  using Row = BgpSpeaker;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},
      {"name", When::both},
      {"ip_version", When::created},
      {"local_as", When::created},
      {"advertise_floating_ips", When::both},
      {"advertise_tenant_networks", When::both},
      {"add_peer", When::changed},
      {"remove_peer", When::changed},
      {"add_network", When::changed},
      {"remove_network", When::changed},
      {"choose_host", When::changed},
      {"bar_host", When::changed},
  };
  static constexpr std::string_view words[] = {"add_peer",       "remove_peer", "add_network",
                                               "remove_network", "choose_host", "bar_host"};

  static Status settle(Draft& draft, const Request& request, const BgpSpeaker*, BgpSpeaker& speaker) {
    if (request.given.contains("add_peer")) return add_peer(draft, request, speaker);
    if (request.given.contains("remove_peer")) return remove_peer(request, speaker);
    if (request.given.contains("add_network")) return add_network(draft, request, speaker);
    if (request.given.contains("remove_network")) return remove_network(request, speaker);
    if (request.given.contains("choose_host")) return choose_host(draft, request, speaker);
    if (request.given.contains("bar_host")) return bar_host(draft, request, speaker);
    return {};
  }
  static Status release(Draft&, const BgpSpeaker&) { return {}; }
};

}  // namespace

void leave_speakers(Draft& draft, const Uuid& gone) {
  for (const Uuid& id : draft.now().referrers(gone, Kind::bgp_speaker)) {
    BgpSpeaker speaker = **draft.now().find<BgpSpeaker>(id);
    std::erase(speaker.networks, NetworkId{gone});
    std::erase(speaker.peers, BgpPeerId{gone});
    draft.update(std::move(speaker));
  }
}

KindRules bgp_peer_rules() {
  return plain_rules<PeerRules>();
}
KindRules bgp_speaker_rules() {
  return plain_rules<SpeakerRules>();
}

}  // namespace tarn::model::admission
