#include "agent/security_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "wire/packet/headers.h"

namespace tarn::agent {
namespace {

namespace json = boost::json;
using render::PuntReason;

std::string time_text(std::int64_t unix_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(unix_ms)};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", std::chrono::floor<std::chrono::seconds>(time), unix_ms % 1000);
}

json::object shown(const wire::packet::Headers& headers, std::uint32_t bytes) {
  json::object packet{{"eth_src", headers.source.text()},
                      {"eth_dst", headers.destination.text()},
                      {"eth_type", fmt::format("0x{:04x}", headers.ether_type)},
                      {"bytes", bytes}};
  if (headers.from) packet["ip_src"] = headers.from->text();
  if (headers.to) packet["ip_dst"] = headers.to->text();
  if (headers.protocol) packet["ip_proto"] = *headers.protocol;
  if (headers.ports) {
    packet["src_port"] = headers.ports->source;
    packet["dst_port"] = headers.ports->destination;
  }
  if (headers.icmp) {
    packet["icmp_type"] = headers.icmp->type;
    packet["icmp_code"] = headers.icmp->code;
  }
  if (headers.later_fragment) packet["later_fragment"] = true;
  return packet;
}

}  // namespace

void SecurityLog::wish_changed(const render::Patches& patches) {
  for (const auto& [port, subject] : patches.subjects) {
    if (subject) {
      subjects_.insert_or_assign(port, *subject);
    } else {
      subjects_.erase(port);
    }
  }
}

bool SecurityLog::packet_came(const render::Punt& punt, const wire::of::PacketIn& packet) {
  const auto found = subjects_.find(punt.port);
  const auto headers = wire::packet::read_headers(packet.packet);
  if (!sink_ || found == subjects_.end() || !headers) return false;
  const bool accepted = punt.reason == PuntReason::accepted_in || punt.reason == PuntReason::accepted_out;
  const bool inward = punt.reason == PuntReason::accepted_in || punt.reason == PuntReason::dropped_in;
  const render::RecordSubject& subject = found->second;
  if (inward && render::sender_of(packet) == subject.number) return false;  // its own broadcast, which it does not get
  json::array logs;
  for (const LogId& log : accepted ? subject.accepted : subject.dropped) logs.emplace_back(log.text());
  if (logs.empty()) return false;  // it was handed over before that was over
  sink_(json::serialize(json::object{{"time", time_text(clock_.wall().unix_ms)},
                                     {"host", host_},
                                     {"action", accepted ? "ACCEPT" : "DROP"},
                                     {"direction", inward ? "ingress" : "egress"},
                                     {"port_id", punt.port.text()},
                                     {"project_id", subject.project_id},
                                     {"log_resource_ids", std::move(logs)},
                                     {"packet", shown(*headers, packet.full_len)}}));
  ++recorded_;
  return true;
}

}  // namespace tarn::agent
