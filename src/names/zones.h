// The networks whose names are known on this node, by the agent's files. What was read is kept as long as the file is
// the same, which is looked at for each question: so nothing here is older than what the agent wrote.
#pragma once

#include <map>
#include <memory>

#include "base/uuid.h"
#include "names/zone.h"
#include "rt/descriptor.h"

namespace tarn::names {

class Zones {
 public:
  static constexpr std::size_t kept_max = 256;  // each holds its file open

  explicit Zones(rt::Descriptor folder) : folder_(std::move(folder)) {}

  // Null: there is no file, or none that can be read. Valid until the next call.
  const Zone* of(const NetworkId& network);

 private:
  struct Kept {
    rt::Descriptor file;
    std::unique_ptr<const Zone> zone;
    std::uint64_t asked = 0;
  };
  void make_room();

  rt::Descriptor folder_;
  std::map<NetworkId, Kept> kept_;
  std::uint64_t asked_ = 0;
};

}  // namespace tarn::names
