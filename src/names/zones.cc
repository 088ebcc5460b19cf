#include "names/zones.h"

#include <algorithm>

#include "names/message.h"
#include "services/folder.h"

namespace tarn::names {

using domain::NameFile;

const Zone* Zones::of(const NetworkId& network) {
  const std::string name = NameFile::file_name(network);
  const auto found = kept_.find(network);
  if (found != kept_.end() && services::is_still(folder_, name, found->second.file)) {
    found->second.asked = ++asked_;
    return found->second.zone.get();
  }
  if (found != kept_.end()) kept_.erase(found);
  rt::Descriptor file = services::open_file(folder_, name);
  const Result<NameFile::Spec> spec = NameFile::parse(services::content_of(file, NameFile::bytes_max));
  if (!spec || !is_name(spec->domain)) return nullptr;
  make_room();
  Kept& kept = kept_[network];
  kept = {std::move(file), std::make_unique<const Zone>(*spec), ++asked_};
  return kept.zone.get();
}

// Who has been asked about least lately goes.
void Zones::make_room() {
  if (kept_.size() < kept_max) return;
  kept_.erase(std::ranges::min_element(kept_, {}, [](const auto& each) { return each.second.asked; }));
}

}  // namespace tarn::names
