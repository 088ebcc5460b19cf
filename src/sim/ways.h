// The ways that the cloud's wish opens between instances: inside a network, and by a router from one into another.
// Functions of the scene; what the switches make of the wish they do not look at.
#pragma once

#include <optional>

#include "sim/traffic.h"

namespace tarn::sim {

// A router that connects both, of those the one with the lowest id: whom each sends to that means the other. Absent:
// they are in one network, or no router connects them.
struct Crossing {
  Mac there;
  Mac back;
};
std::optional<Crossing> crossing(const Scene& scene, const Attachment& from, const Attachment& to, Family family);

// What `from` sends when it means `to`, in its network or by a router; of an answer: what comes back. Absent: there is
// no way for such a packet, or one of them has no address for it.
std::optional<Packet> sent(const Scene& scene, Traffic kind, const Attachment& from, const Attachment& to);

// The interfaces of routers that are up on the network of an attachment.
std::vector<const model::Port*> routers_at(const Scene& scene, const Attachment& at);

// Law: of a cloud at rest, nothing comes from one network into another but by a router that is there.
std::vector<std::string> crossings_at_rest(const Scene& scene);

}  // namespace tarn::sim
