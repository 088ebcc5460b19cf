// Who else gets what a port sends and gets: copies for a port of the cloud, and copies for an address outside. Rows
// only, as in model/rows.h; their rules are in model/admit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/uuid.h"
#include "model/rows/standard.h"

namespace tarn {
using TapServiceId = Id<struct TapServiceTag>;
using TapFlowId = Id<struct TapFlowTag>;
using TapMirrorId = Id<struct TapMirrorTag>;
}  // namespace tarn

namespace tarn::model {

// A port that copies are for.
struct TapService {
  static constexpr Kind kind = Kind::tap_service;
  static constexpr std::string_view word = "tap_service";
  static constexpr std::string_view called = "TapService";

  TapServiceId id;
  Standard standard;
  PortId port;
  // The VNI by which copies go to the port's host: no network's, given with the row. The API does not show it.
  std::uint32_t segmentation_id = 0;
  bool operator==(const TapService&) const = default;
};

// As the traffic goes by the port: what it gets, what it sends.
enum class TapDirection : std::uint8_t { in, out, both };

// The copies of one port's traffic for a tap service.
struct TapFlow {
  static constexpr Kind kind = Kind::tap_flow;
  static constexpr std::string_view word = "tap_flow";
  static constexpr std::string_view called = "TapFlow";

  TapFlowId id;
  Standard standard;
  TapServiceId service;
  PortId source;
  TapDirection direction = TapDirection::both;
  // VLAN ids as "9,18,27-36". Then the copies are of the frames that have one of them on the port's interface, tag and
  // all; without it of the port's own, which have none.
  std::optional<std::string> vlan_filter;
  bool operator==(const TapFlow&) const = default;
};

enum class MirrorType : std::uint8_t { erspan_v1, gre };

// The copies of one port's traffic for an address outside. A direction without a key is not copied.
struct TapMirror {
  static constexpr Kind kind = Kind::tap_mirror;
  static constexpr std::string_view word = "tap_mirror";
  static constexpr std::string_view called = "TapMirror";

  TapMirrorId id;
  Standard standard;
  PortId port;
  Ip remote;
  MirrorType type = MirrorType::gre;
  // Keys of the tunnel (RFC 2890; the session id of ERSPAN): for what the port gets, for what it sends, for either.
  std::optional<std::uint32_t> key_in;
  std::optional<std::uint32_t> key_out;
  std::optional<std::uint32_t> key_both;
  bool operator==(const TapMirror&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const TapService*) {
  visit("id", &TapService::id);
  visit("standard", &TapService::standard);
  visit("port", &TapService::port);
  visit("segmentation_id", &TapService::segmentation_id);
}
template <class Visit>
void describe(Visit&& visit, const TapFlow*) {
  visit("id", &TapFlow::id);
  visit("standard", &TapFlow::standard);
  visit("service", &TapFlow::service);
  visit("source", &TapFlow::source);
  visit("direction", &TapFlow::direction);
  visit("vlan_filter", &TapFlow::vlan_filter);
}
template <class Visit>
void describe(Visit&& visit, const TapMirror*) {
  visit("id", &TapMirror::id);
  visit("standard", &TapMirror::standard);
  visit("port", &TapMirror::port);
  visit("remote", &TapMirror::remote);
  visit("type", &TapMirror::type);
  visit("key_in", &TapMirror::key_in);
  visit("key_out", &TapMirror::key_out);
  visit("key_both", &TapMirror::key_both);
}

template <class Visit>
void refer(Visit&& visit, const TapService& service) {
  visit(service.port.uuid);
}
template <class Visit>
void refer(Visit&& visit, const TapFlow& flow) {
  visit(flow.service.uuid);
  visit(flow.source.uuid);
}
template <class Visit>
void refer(Visit&& visit, const TapMirror& mirror) {
  visit(mirror.port.uuid);
}

}  // namespace tarn::model
