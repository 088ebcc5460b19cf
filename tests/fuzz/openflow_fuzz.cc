// Any bytes as an OpenFlow message: refused, or a message that is written in a form that reads as the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "wire/openflow/action_codec.h"
#include "wire/openflow/codec.h"

namespace {

using namespace tarn;
namespace of = wire::of;

// What this build does not know of a flow is kept to be seen and told apart, not to be written (flow.h).
bool is_foreign(const of::Message& message) {
  if (const auto* flows = std::get_if<of::FlowDescReply>(&message))
    return std::ranges::any_of(flows->flows, [](const auto& flow) { return flow.second.opaque; });
  if (const auto* meters = std::get_if<of::MeterDescReply>(&message))
    return std::ranges::any_of(meters->meters, [](const auto& meter) { return meter.second.opaque; });
  const auto* add = std::get_if<of::AddFlow>(&message);
  const auto* bundled = std::get_if<of::BundleAdd>(&message);
  if (bundled != nullptr) add = std::get_if<of::AddFlow>(&bundled->change);
  if (add != nullptr) return of::holds_opaque(add->spec.actions);
  const auto* packet = std::get_if<of::PacketOut>(&message);
  return std::holds_alternative<of::OtherMessage>(message) || (packet != nullptr && of::holds_opaque(packet->actions));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  static_cast<void>(of::message_length(bytes));
  const auto read = of::decode(bytes);
  if (!read) return 0;
  if (const auto* error = std::get_if<of::ErrorReply>(&read->message)) static_cast<void>(of::text(*error));
  if (const auto* flows = std::get_if<of::FlowDescReply>(&read->message)) {
    for (const auto& [key, seen] : flows->flows) static_cast<void>(of::text(key, seen.spec));
  }
  if (is_foreign(read->message)) return 0;
  const auto written = of::try_encode(read->message, read->xid);
  if (!written) return 0;  // a form that grew past what a message holds
  const auto again = of::decode(*written);
  CHECK(again.has_value());
  CHECK(*again == *read);
  return 0;
}
