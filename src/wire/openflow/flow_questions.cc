#include "wire/openflow/flow_questions.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::wire::of {

namespace {

// A power of two: a slice is those flows whose lowest cookie bits equal its number.
std::uint32_t slices_of(const TableStats& table, std::uint32_t answer_flows) {
  std::uint32_t slices = 1;
  while (slices < slices_max && table.flows / slices > answer_flows) slices *= 2;
  return slices;
}

}  // namespace

std::vector<FlowDescRequest> flow_questions(const std::vector<TableStats>& tables, std::uint32_t answer_flows) {
  CHECK(answer_flows > 0);
  std::uint64_t flows = 0;
  for (const TableStats& table : tables) flows += table.flows;
  if (flows <= answer_flows) return {FlowDescRequest{}};
  std::vector<FlowDescRequest> questions;
  for (const TableStats& table : tables) {
    if (table.flows == 0) continue;
    const std::uint32_t slices = slices_of(table, answer_flows);
    for (std::uint32_t slice = 0; slice < slices; ++slice) {
      questions.push_back({.table = table.table, .cookie = slice, .mask = slices - 1});
    }
  }
  return questions;
}

}  // namespace tarn::wire::of
