// How far the agent is, for the server: which ports are wired, and which revision is in the switch. A port is active
// only once the switch has acknowledged every flow it stands on; it stays so while nothing tells otherwise.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "agent/lanes.h"
#include "feed/agent_feed.h"
#include "render/renderer.h"

namespace tarn::agent {

class Progress {
 public:
  void wish_changed(const render::Patches& patches);

  // What is to be reported now, when it differs from the report before. Looks only at ports that are not active yet.
  std::optional<feed::Report> report(const Lanes& lanes, const render::Renderer& renderer, const render::Rows& rows,
                                     model::Revision revision);

  [[nodiscard]] const std::map<PortId, model::PortStatus>& ports() const { return ports_; }

 private:
  std::map<PortId, model::PortStatus> ports_;
  std::set<PortId> waiting_;  // to be active once their flows are acknowledged
  std::optional<feed::Report> last_;
};

}  // namespace tarn::agent
