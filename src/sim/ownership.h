// The law of ownership: foreign flows and rows are as their owners left them. Owned by the world; plants what is
// foreign and remembers it, and never looks at what the agent thinks of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/scene.h"

namespace tarn::sim {

class Ownership {
 public:
  // Plants a foreign bridge, port and flows on the node, to be left alone from now on.
  void plant(Node& node);
  // Flows are gone with a switch that restarted without them; plants them again.
  void plant_flows(Node& node);
  // Another flow of somebody else's, one of a few by `salt`.
  void plant_more(Node& node, std::uint32_t salt);
  std::vector<std::string> look(const Scene& scene) const;

 private:
  static Row without_our_columns(const std::string& table, Row row);
  std::map<std::string, FlowTable> flows_;                                   // by host
  std::map<std::string, std::map<std::pair<std::string, Uuid>, Row>> rows_;  // by host
};

}  // namespace tarn::sim
