// The restarts of a peer's agent, and the sheet that shows them beside ours.
// Measures only; the rounds and their order are the benchmark's.
#pragma once

#include "peer.h"
#include "sheet.h"

namespace tarn::bench {

// The crowd made and plugged, with the lab's two instances beside it.
Status gather_crowd(Peer& peer, int ports);
// One round.
Status restart_peer(Peer& peer, std::vector<RestartTrial>& trials);

Sheet peer_restart_sheet(int rounds);
std::vector<Cell> restart_row(const std::string& side, int ports, const std::vector<RestartTrial>& trials,
                              const std::vector<RestartTrial>& ours);

}  // namespace tarn::bench
