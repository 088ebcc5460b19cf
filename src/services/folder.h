// The folders with what the agent of this node says, as its services read them: opened while a program may still go
// anywhere, read by one who may not. The agent renames whole files into place, so a file that is open never changes.
#pragma once

#include <string>

#include "base/result.h"
#include "rt/descriptor.h"

namespace tarn::services {

// Made if it is not there yet.
Result<rt::Descriptor> open_folder(const std::string& path);
// Not ok() where there is none.
rt::Descriptor open_file(const rt::Descriptor& folder, const std::string& name);
// Whether the name is still that of the file that is open: the agent has neither written it anew nor removed it.
bool is_still(const rt::Descriptor& folder, const std::string& name, const rt::Descriptor& file);
// From where the file is read, no more than one byte beyond `bytes_max`; empty where it is not ok().
std::string content_of(const rt::Descriptor& file, std::size_t bytes_max);

}  // namespace tarn::services
