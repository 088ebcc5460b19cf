// What the node's switch database says, reduced to what flows depend on. Pure; call it through reconcile::derive with
// whole listings, so that a broken line can never look like "nothing is plugged".
#pragma once

#include "domain/bridge.h"
#include "domain/instance_file.h"
#include "domain/network_number.h"
#include "domain/plugged_interface.h"
#include "domain/switch_port.h"
#include "render/rows.h"

namespace tarn::render {

// `missed`: ports whose other end has been unknown for so long that nobody is taken to be there.
Facts facts_of(const NodeConfig& config, const domain::PluggedInterfaces& plugged,
               const reconcile::Actual<domain::Bridge>& bridges,
               const reconcile::Actual<domain::SwitchPort>& switch_ports,
               const reconcile::Actual<domain::NetworkNumber>& numbers, const std::set<std::string>& missed = {});

// Whom the services of the node know.
void add_instances(Facts& facts, const reconcile::Actual<domain::InstanceFile>& files);

}  // namespace tarn::render
