// Any stream from a switch into a session that lists, commits and sends as soon as it may: whatever comes, what the
// session says itself is OpenFlow, and each request gets at most one answer.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "wire/openflow/session.h"

namespace {

using namespace tarn;
namespace of = wire::of;

void check_output(const Bytes& output) {
  ByteView rest(output);
  while (!rest.empty()) {
    const auto length = of::message_length(rest);
    CHECK(length && *length && **length <= rest.size());
    CHECK(of::decode(rest.first(**length)).has_value());
    rest = rest.subspan(**length);
  }
}

std::vector<of::FlowChange> two_changes() {
  const of::FlowKey key{1, 5, of::Match{of::FieldValue::number(of::Field::in_port, 9)}};
  return {of::AddFlow{key, {.cookie = 1, .actions = {of::Output{2}}, .goto_table = {}}}, of::DeleteFlow{key, 1}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte tells how long the pieces are in which the stream arrives.
  const std::size_t piece = 1 + data[0];
  ByteView stream(data + 1, size - 1);
  of::Session session({.answer_flows = 2});
  std::size_t listings = 0;
  std::size_t bundles = 0;
  while (!stream.empty()) {
    const ByteView next = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(next.size());
    if (!session.on_bytes(next)) break;
    if (session.ready() && session.list_flows()) ++listings;
    if (session.ready() && session.commit(two_changes())) ++bundles;
    for (const of::Event& event : session.take_events()) {
      if (std::holds_alternative<of::ListingDone>(event)) CHECK(listings-- > 0);
      if (const auto* done = std::get_if<of::BundleDone>(&event)) CHECK(bundles-- > 0 && done->steps.size() == 2);
    }
    check_output(session.take_output());
  }
  return 0;
}
