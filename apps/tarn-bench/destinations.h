// An instance that speaks with many others outside, a datagram to each: whether the switch makes datapath flows for
// each of them, and what each costs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "path_side.h"
#include "sheet.h"

namespace tarn::bench {

inline constexpr int destinations = 1'000;

struct DestinationFigures {
  std::vector<double> datapath_flows;  // that were made, in all
  std::vector<double> us_each;         // of the switch's processor
};

// One round more. The source port is new on this way, as in PacketFlood. Errors: no namespace, no switch, no route.
Status try_destinations(const PathEnd& from, const sandbox::Host& home, std::uint16_t source,
                        DestinationFigures& figures);

struct DestinationLine {
  std::string way;
  std::string side;
  DestinationFigures figures;
};
// Lines that were never tried are left out.
Sheet destination_sheet(const std::vector<DestinationLine>& lines, int rounds);

}  // namespace tarn::bench
