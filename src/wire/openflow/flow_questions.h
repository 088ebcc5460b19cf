// The questions that together list every flow of a switch, each answered before the next one is asked. Pure.
// ovs-vswitchd makes an answer in one go and, with the userspace datapath, forwards nothing meanwhile: so the answers
// are kept short, and their number small.
#pragma once

#include <cstdint>
#include <vector>

#include "wire/openflow/message.h"

namespace tarn::wire::of {

// Into how many slices a table is cut at most. For each question the switch looks at every flow of the table, which
// costs an eightieth of what answering with it does (15 ns to 1.3 us, Open vSwitch 3.1): with many more slices a
// question would cost more for looking than for answering.
inline constexpr std::uint32_t slices_max = 64;

// Questions whose answers hold about `answer_flows` flows each, given how many each table holds: one for everything
// when that is few, else one for each table with flows, cut by the lowest bits of the cookie when the table is large.
//
// Every flow has one table and one cookie, its owner's or a foreign one, so exactly one question names it: no kind of
// flow is left out. (The low bits of our own cookies are those of a hash and cut evenly; flows that all carry one
// cookie, as foreign ones may, cannot be cut and come in one answer.)
//
// The answers are no picture of one moment, and need not be:
// * A flow that stands unchanged from the first question to the last is in exactly one answer.
// * A flow of ours that we change meanwhile: the lane asks again whenever a batch of its own overtook the listing.
// * A flow that somebody else adds, takes away, or gives another cookie meanwhile may be missed, or seen though gone.
//   The next audit finds it, as it finds one touched right after the listing. (We follow no flow monitor.) A missed
//   flow that is wanted is created over the same key, which changes nothing when it is there; no other flow suffers:
//   the diff removes only what a listing showed, and the removal names that one key and the cookie it was seen with.
// * A flow shown twice, because its cookie changed meanwhile, counts as it was shown last.
std::vector<FlowDescRequest> flow_questions(const std::vector<TableStats>& tables, std::uint32_t answer_flows);

}  // namespace tarn::wire::of
