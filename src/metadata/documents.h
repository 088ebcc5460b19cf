// What a cloud without Nova tells its instances, in the two forms that images ask for: OpenStack's
// (docs.openstack.org/nova, "Metadata service") and Amazon EC2's. A pure function of what the network knows.
#pragma once

#include <optional>
#include <string>

#include "services/asking.h"

namespace tarn::metadata {

// The document at `path` ("/latest/meta-data/instance-id"); none: there is no such document.
std::optional<std::string> document(const services::Asking& asking, const std::string& path);

}  // namespace tarn::metadata
