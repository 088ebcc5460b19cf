// Who asks: the instance behind the address that a question comes from, as the agent of this node wrote it down
// (domain/instance_file.h). Read anew for each question, so that nothing here can be older than the switch's flows.
#pragma once

#include <string>

#include "domain/instance_file.h"
#include "rt/descriptor.h"

namespace tarn::services {

struct Asking {
  domain::InstanceFile::Key number = 0;
  domain::InstanceFile::Spec instance;
  Ip address;  // the one of its own that it asks from
};

// `client` is the address that this service sees. Errors: forbidden, when nobody is known by it.
Result<Asking> asking(const rt::Descriptor& folder, const std::string& client);

}  // namespace tarn::services
