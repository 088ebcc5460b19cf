// A security group rule as matches: what of a packet, or of the first packet of its connection, the rule asks for.
// Pure; knows no group and no table.
#pragma once

#include <vector>

#include "render/flows.h"

namespace tarn::render {

Question question_of(model::Direction direction, bool stateful);

// What every flow that answers this question for this IP version must match.
Match asked(Question question, int ip_version);
// The remote side in the prefix; everything of the prefix's version when its length is 0.
Match with_remote(Match match, Question question, const Prefix& remote);
// One match for each part of the range of ports; without ports one. None when no flow can tell: a packet alone shows no
// ports of DCCP and UDP-Lite.
std::vector<Match> with_protocol(const Match& match, Question question, const model::Permission& permission);

}  // namespace tarn::render
