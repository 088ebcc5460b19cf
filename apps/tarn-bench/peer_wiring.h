// Crowds of a peer's ports plugged at once, and the sheet that shows them beside ours.
// Measures only; the rounds and their order are the benchmark's.
#pragma once

#include "peer.h"
#include "sheet.h"

namespace tarn::bench {

// What the rounds of one side took for one crowd.
struct WiringFigures {
  std::vector<double> seconds, agent_cpu_s, switch_cpu_s, central_cpu_s;

  void add(double took_s, const CloudCpu& before, const CloudCpu& after);
};

// One round: the crowd taken off, made as large as asked, and plugged until all are up.
Status wire_peer(Peer& peer, int ports, WiringFigures& figures);

Sheet peer_wiring_sheet(int rounds);
std::vector<Cell> wiring_row(const std::string& side, int ports, const WiringFigures& figures,
                             const WiringFigures& ours);

}  // namespace tarn::bench
