// The flows of a node with many ports, made by the product's own renderer: what is measured is what is installed.
#pragma once

#include "domain/flow.h"

namespace tarn::bench {

using FlowTable = reconcile::Desired<domain::Flow>;

struct SampleFlows {
  FlowTable base;   // of the node, its network and ports 1 and 2
  FlowTable crowd;  // of all other ports, about ten each
};
// A node with ports 1 to `ports` in one tenant network with DHCP.
SampleFlows sample_flows(std::uint32_t ports);
FlowTable all_of(const SampleFlows& sample);

}  // namespace tarn::bench
