#include "agent/explain.h"

#include <boost/json.hpp>

#include "wire/openflow/flow.h"

namespace tarn::agent {
namespace {

namespace json = boost::json;

std::string text_of_key(const std::string& key) {
  return key;
}
std::string text_of_key(const NetworkId& key) {
  return key.text();
}
std::string text_of_key(domain::Meter::Key key) {
  return std::to_string(key);
}
std::string text_of_key(domain::FlowExport::Key key) {
  return std::string(domain::text_of(key));
}
std::string text_of_key(const domain::BgpItem::Key& key) {
  return domain::BgpItem::text(key);
}
std::string text_of_key(const wire::of::FlowKey& key) {
  return "table=" + std::to_string(key.table) + ",priority=" + std::to_string(key.priority) +
         (key.match.fields().empty() ? "" : "," + wire::of::text(key.match));
}

template <class D>
void add_steps(const reconcile::Diff<D>& diff, json::array& steps) {
  const auto add = [&](const char* action, const typename D::Key& key) {
    steps.push_back({{"domain", std::string(D::name)}, {"action", action}, {"what", text_of_key(key)}});
  };
  for (const auto& one : diff.creates) add("create", one.key);
  for (const auto& one : diff.changes) add("change", one.key);
  for (const auto& one : diff.removes) add("remove", one.key);
}

const char* word_of(render::Wired wired) {
  switch (wired) {
    case render::Wired::yes:
      return "wired";
    case render::Wired::admin_down:
      return "the port or its network is administratively down";
    case render::Wired::group_mac:
      return "its MAC address is a group's: no frame may come from it";
    case render::Wired::unplugged:
      return "no interface with its id is plugged into the integration bridge";
    case render::Wired::no_network:
      return "its network has not arrived";
    case render::Wired::no_number:
      return "its network has no local number recorded yet";
    case render::Wired::no_uplink:
      return "the tunnel port, or the patch port to its physical network, does not exist yet";
  }
  return "";
}

json::object fact_of(const Brain& brain, const model::Port& port) {
  const PortId on = port.carrier.value_or(port.id);
  const render::RowValue* row = brain.rows().find(render::key_of(render::Table::plugged, on.uuid));
  const auto* plugged = row == nullptr ? nullptr : std::get_if<render::Plugged>(row);
  if (plugged == nullptr) return {};
  json::object fact{
      {"interface", plugged->interface}, {"ofport", plugged->ofport}, {"rivals", json::value_from(plugged->rivals)}};
  if (port.carrier) fact["vlan_id"] = port.carrier_vlan_id;
  return fact;
}

json::object flow_row(const Lanes& lanes, const render::UnitId& unit, const wire::of::FlowKey& key,
                      const wire::of::FlowSpec& spec) {
  json::object row{{"flow", wire::of::text(key, spec)}, {"unit", render::text(unit)}, {"installed", "missing"}};
  if (const Error* why = lanes.flows.refusal(key)) row["refused"] = why->message;
  if (!lanes.flows.actual()) return row;
  const auto found = (*lanes.flows.actual())->find(key);
  if (found == (*lanes.flows.actual())->end()) return row;
  row["installed"] = domain::Flow::drift(spec, found->second) == reconcile::Drift::none ? "same" : "different";
  row["packets"] = found->second.packets;
  row["bytes"] = found->second.bytes;
  return row;
}

}  // namespace

json::object plan_of(const Brain& brain) {
  json::array steps;
  json::array conflicts;
  bool complete = !brain.from_journal();
  std::string why = complete ? "" : "no server has answered: the wish is the journal's, nothing would be removed";
  brain.lanes().for_each([&](const auto& lane) {
    if (const auto difference = lane.difference()) {
      add_steps(*difference, steps);
      for (const auto& key : difference->conflicts) {
        conflicts.push_back({{"domain", std::string(lane.name())}, {"what", text_of_key(key)}});
      }
      return;
    }
    complete = false;
    if (why.empty()) why = lane.listing_error() ? lane.listing_error()->message : "not everything is listed yet";
  });
  const bool empty = steps.empty();
  return {{"complete", complete},
          {"why", why},
          {"empty", empty},
          {"steps", std::move(steps)},
          {"conflicts", std::move(conflicts)}};
}

json::object stats_of(const Brain& brain) {
  json::array domains;
  std::uint64_t attempted = 0;
  brain.lanes().for_each([&](const auto& lane) {
    const reconcile::LaneCounts counts = lane.counts();
    attempted += counts.writes_attempted;
    domains.push_back({{"domain", std::string(lane.name())},
                       {"whole", counts.whole},
                       {"wanted", counts.wanted},
                       {"installed", counts.installed},
                       {"foreign", counts.foreign},
                       {"due", counts.due},
                       {"failing", counts.failing},
                       {"plans", counts.plans},
                       {"writes_attempted", counts.writes_attempted},
                       {"writes_applied", counts.writes_applied},
                       {"refused", counts.refusals},
                       {"resyncs", counts.listings},
                       {"problem", lane.listing_error() ? lane.listing_error()->message : std::string()}});
  });
  const AnswerCounts& answers = brain.answers();
  return {
      {"host", brain.settings().node.host},
      {"version", brain.settings().version},
      {"started_at_ms", brain.settings().started_at_ms},
      {"in_sync", brain.in_sync()},
      {"journal", brain.from_journal()},
      {"feed", {{"connected", brain.connected()}, {"revision", brain.revision()}, {"why", brain.connection_words()}}},
      {"answers",
       {{"received", answers.received},
        {"answered", answers.answered},
        {"ignored", answers.ignored},
        {"advertised", answers.advertised}}},
      {"records", brain.recorded()},
      {"writes_attempted", attempted},
      {"domains", std::move(domains)}};
}

json::object explanation_of(const Brain& brain, const PortId& port) {
  const render::RowValue* row = brain.rows().find(render::key_of(render::Table::port, port.uuid));
  const auto* item = row == nullptr ? nullptr : std::get_if<model::SliceItem>(row);
  const auto* wish = item == nullptr ? nullptr : std::get_if<model::Port>(item->row.get());
  if (wish == nullptr) return {{"error", "port " + port.text() + " is not bound to this node"}};
  json::array flows;
  std::string reason;
  for (const render::UnitId& unit : render::units_behind(*wish)) {
    const render::Renderer::Shard* shard = brain.renderer().shard(unit);
    if (shard == nullptr) continue;
    if (const auto wired = shard->wishes.wired.find(port); wired != shard->wishes.wired.end()) {
      reason = word_of(wired->second);
    }
    for (const auto& [key, spec] : shard->wishes.flows) flows.push_back(flow_row(brain.lanes(), unit, key, spec));
  }
  const auto status = brain.progress().ports().find(port);
  const bool active = status != brain.progress().ports().end() && status->second == model::PortStatus::active;
  return {{"port", port.text()},
          {"state", active ? "active" : "down"},
          {"reason", reason},
          {"wish", model::to_json(*item->row)},
          {"fact", fact_of(brain, *wish)},
          {"flows", std::move(flows)}};
}

}  // namespace tarn::agent
