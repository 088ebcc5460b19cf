// BGP items as FRR 8.4's bgpd has them: read from its running configuration, and as the commands that make, change or
// remove one. Pure text; passwords are in both, so neither is for a log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/bgp.h"
#include "reconcile/step.h"

namespace tarn::domain {

// What of `show running-config` is ours. Lines that none of ours has are passed over, also in our views: there they are
// the operator's. Errors: corrupt, when it is not what bgpd tells to its end.
Result<reconcile::Actual<BgpItem>> bgp_items_in(std::string_view running_config);

// Commands below the configuration node; what a node below it does not know is taken by it. A route or peer asks for
// its view by a command that would make it, so none is to be removed after its view was. Empty: what the step names is
// nothing that can be said to bgpd.
std::vector<std::string> bgp_commands(const reconcile::Step<BgpItem>& step);

}  // namespace tarn::domain
