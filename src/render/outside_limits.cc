// How fast an address outside may be, a floating IP or a gateway's own: what is sent by it passes a meter once it is
// translated, what comes for it one as it arrives, so that nothing else counts. The meters are found by a number that
// is recorded for the address; until that is read back there is no limit.
#include <algorithm>
#include <iterator>

#include "render/outside.h"

namespace tarn::render {

namespace {

struct Metered {
  MeterUse rate, packets;
  std::optional<of::MeterSpec> rate_limit, packets_limit;
};

Actions add_limits(FlowSink& flows, Tables& tables, View& view, const Match& match, const Uuid& limited,
                   const Metered& by) {
  if (!by.rate_limit && !by.packets_limit) return {};
  const auto meters = numbered_meters(view, limited);
  Actions rate = metered(tables, meters, by.rate, by.rate_limit);
  Actions packets = metered(tables, meters, by.packets, by.packets_limit);
  if (rate.empty()) return packets;
  if (packets.empty()) return rate;
  // A flow has one meter.
  flows.add(Stage::outside_packets, Priority::low, match, std::move(packets));
  rate.emplace_back(call(Stage::outside_packets));
  return rate;
}

}  // namespace

Actions sent_limits(FlowSink& flows, Tables& tables, View& view, const LiveGateway& gateway, const LimitedAddress& of) {
  const QosLimits limits = limits_of(view, of.qos_policy);
  return add_limits(flows, tables, view, at_gateway(gateway) & sent_from(of.address), of.id,
                    {MeterUse::sends_rate, MeterUse::sends_packets, limits.sends_rate, limits.sends_packets});
}

Actions received_limits(FlowSink& flows, Tables& tables, View& view, const LiveGateway& gateway,
                        const LimitedAddress& of) {
  const QosLimits limits = limits_of(view, of.qos_policy);
  return add_limits(flows, tables, view, ipv4() & in_network(gateway.network_number) & destined_to(of.address), of.id,
                    {MeterUse::gets_rate, MeterUse::gets_packets, limits.gets_rate, limits.gets_packets});
}

}  // namespace tarn::render
