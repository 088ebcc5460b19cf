#include "domain/flow_export.h"

#include <charconv>

#include "base/address.h"

namespace tarn::domain {
namespace {

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool good = error == std::errc() && end == text.data() + text.size() && port != 0;
  return good ? std::optional(port) : std::nullopt;
}

}  // namespace

reconcile::Drift FlowExport::drift(const Spec& want, const Seen& have) {
  const bool same = want.collectors == have.collectors && have.sampling == want.sampling && have.agent == want.agent &&
                    have.unit == want.unit;
  return same ? reconcile::Drift::none : reconcile::Drift::adjust;
}

Result<std::string> FlowExport::collector(std::string_view text) {
  const auto bad = [&](const std::string& why) {
    return fail(ErrorCode::invalid, "'" + std::string(text) + "' is no collector: " + why);
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad("ADDRESS:PORT is wanted, or [ADDRESS]:PORT of IPv6");
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const Result<Ip> address = Ip::parse(host);
  if (!address || address->is_v4() == bracketed) return bad("ADDRESS:PORT is wanted, or [ADDRESS]:PORT of IPv6");
  if (address->is_zero() || address->is_multicast()) return bad("nobody alone has this address");
  const std::optional<std::uint16_t> port = port_in(text.substr(colon + 1));
  if (!port) return bad("a port is 1 to 65535");
  const std::string spelled = bracketed ? "[" + address->text() + "]" : address->text();
  return spelled + ":" + std::to_string(*port);
}

std::string_view text_of(FlowExport::Key kind) {
  switch (kind) {
    case FlowExport::Key::ipfix:
      return "ipfix";
    case FlowExport::Key::sflow:
      return "sflow";
  }
  return {};
}

}  // namespace tarn::domain
