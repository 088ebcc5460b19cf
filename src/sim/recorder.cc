#include "sim/recorder.h"

#include <boost/json.hpp>

#include "wire/openflow/codec.h"

namespace tarn::sim {

namespace json = boost::json;
namespace of = wire::of;

namespace {

constexpr const char* server = "Server";
constexpr const char* client = "Client";
constexpr const char* hypervisor = "Hypervisor";
constexpr const char* machines = "Machines";

std::string agent_of(const std::string& host) {
  return "Agent of " + host;
}
std::string switch_of(const std::string& host) {
  return "ovs-vswitchd of " + host;
}
std::string database_of(const std::string& host) {
  return "ovsdb-server of " + host;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string counted(std::size_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

// "insert Port tarn-vxlan", "Interface: ofport_request"
std::string words_of(const json::array& operations) {
  std::vector<std::string> parts;
  for (const json::value& each : operations) {
    const json::object* operation = each.if_object();
    if (operation == nullptr) continue;
    const std::string_view op = operation->at("op").as_string();
    if (op == "wait" || op == "comment") continue;
    std::string part(op);
    part += " " + std::string(operation->at("table").as_string());
    if (const json::value* row = operation->if_contains("row")) {
      std::vector<std::string> columns;
      for (const auto& [column, value] : row->as_object()) columns.emplace_back(column);
      part += " (" + joined(columns) + ")";
    }
    if (const json::value* mutations = operation->if_contains("mutations")) {
      std::vector<std::string> columns;
      for (const json::value& mutation : mutations->as_array()) {
        const std::string column(mutation.at(0).as_string());
        if (columns.empty() || columns.back() != column) columns.push_back(column);
      }
      part += " (" + joined(columns) + ")";
    }
    if (parts.empty() || parts.back() != part) parts.push_back(std::move(part));
  }
  return joined(parts);
}

// What a table update tells, as "Interface: ofport, link_state".
std::string words_of(const json::object& updates) {
  std::vector<std::string> parts;
  for (const auto& [table, rows] : updates) {
    std::set<std::string> words;
    for (const auto& [uuid, change] : rows.as_object()) {
      for (const auto& [kind, row] : change.as_object()) {
        if (kind == "modify") {
          for (const auto& [column, value] : row.as_object()) words.emplace(column);
        } else {
          words.insert(kind == "delete" ? "a row is gone" : "a row is new");
        }
      }
    }
    parts.push_back(std::string(table) + ": " + joined({words.begin(), words.end()}));
  }
  return joined(parts);
}

}  // namespace

Recorder::Recorder(Stage& stage) : stage_(stage), revision_(stage.world().cloud().snapshot().revision()) {
  World& world = stage.world();
  world.network().tap([this](const std::string& path, std::uint64_t connection, bool to_listener, ByteView bytes) {
    heard(path, connection, to_listener, bytes);
  });
  FeedNetwork::Observer observer;
  observer.at_server = [this](const auto& agent, const auto& message) { at_server(agent, message); };
  observer.at_agent = [this](const auto& agent, const auto& message) { at_agent(agent, message); };
  world.lines().observe(std::move(observer));
}

void Recorder::say(std::string from, std::string to, std::string words) {
  Said now{std::move(from), std::move(to), std::move(words)};
  if (said_.empty() || said_.back() != now) said_.push_back(std::move(now));
}

// "port/<uuid>" as the story calls it; what the story does not name goes by its kind.
std::string Recorder::name(const std::string& slice_name) const {
  const std::size_t slash = slice_name.find('/');
  const std::string kind = slice_name.substr(0, slash);
  if (kind == "node") return slice_name;
  const std::string known = stage_.name_of(slice_name.substr(slash + 1));
  return known.empty() ? kind : kind == "peer" ? "peer " + known : known;
}

void Recorder::act(const Act& act) {
  const std::string words = tale(act);
  const auto host_of = [&] { return stage_.world().node(act.numbers[0] - 1).host(); };
  if (act.deed == Deed::steps || act.deed == Deed::settle) return;
  if (act.deed <= Deed::port_up) return say(client, server, words);
  if (act.deed <= Deed::unplug) return say(hypervisor, database_of(stage_.host_of_port(act.numbers[0])), words);
  if (act.deed <= Deed::adopt) return say(agent_of(host_of()), "", words);
  if (act.deed <= Deed::free_disk) return say(server, "", words);
  if (act.deed <= Deed::start_switch_announced) return say(switch_of(host_of()), "", words);
  if (act.deed <= Deed::compact_database || act.deed == Deed::slow_database) {
    return say(database_of(host_of()), "", words);
  }
  if (act.deed >= Deed::cut_segment && act.deed <= Deed::join_hosts) return say(switch_of(host_of()), "", words);
  if (act.deed == Deed::lose_gateway || act.deed == Deed::boot_gateway) return say(machines, "", words);
  if (act.deed >= Deed::lose_power && act.deed <= Deed::boot) return say(agent_of(host_of()), "", words);
  say(server, "", words);
}

void Recorder::look() {
  const model::Revision now = stage_.world().cloud().snapshot().revision();
  if (now != revision_) say(server, "", "revision " + std::to_string(now) + " is durable");
  revision_ = now;
}

void Recorder::heard(const std::string& path, std::uint64_t connection, bool to_listener, ByteView bytes) {
  World& world = stage_.world();
  Direction& direction = directions_[{connection, to_listener}];
  for (std::size_t i = 0; i < world.nodes(); ++i) {
    if (path == world.node(i).switch_path()) openflow(world.node(i), i, to_listener, direction, bytes);
    if (path == world.node(i).database_path()) ovsdb(i, to_listener, direction, bytes);
  }
}

void Recorder::openflow(const Node& node, std::size_t index, bool to_switch, Direction& direction, ByteView bytes) {
  direction.openflow.insert(direction.openflow.end(), bytes.begin(), bytes.end());
  const std::string agent = agent_of(node.host());
  const std::string vswitchd = switch_of(node.host());
  while (true) {
    const auto length = of::message_length(direction.openflow);
    if (!length || !*length || **length > direction.openflow.size()) return;
    const auto decoded = of::decode(ByteView(direction.openflow).first(**length));
    direction.openflow.erase(direction.openflow.begin(),
                             direction.openflow.begin() + static_cast<std::ptrdiff_t>(**length));
    if (!decoded) continue;
    const of::Message& message = decoded->message;
    if (std::holds_alternative<of::TableStatsRequest>(message)) {
      say(agent, vswitchd, "list all flows");
    } else if (const auto* add = std::get_if<of::BundleAdd>(&message); add != nullptr && to_switch) {
      ++(std::holds_alternative<of::AddFlow>(add->change) ? bundle_[index].first : bundle_[index].second);
    } else if (const auto* control = std::get_if<of::BundleControl>(&message)) {
      if (control->step == of::BundleStep::commit_request) {
        const auto [adds, removes] = std::exchange(bundle_[index], {});
        say(agent, vswitchd,
            "bundle: " + std::to_string(adds) + " added or changed, " + std::to_string(removes) + " removed");
      }
      if (control->step == of::BundleStep::commit_reply) say(vswitchd, agent, "committed");
    }
  }
}

void Recorder::ovsdb(std::size_t index, bool to_server, Direction& direction, ByteView bytes) {
  const std::string host = stage_.world().node(index).host();
  const auto messages = direction.ovsdb.push(bytes);
  if (!messages) return;
  for (const json::value& each : *messages) {
    const json::object& message = each.as_object();
    const json::value* method = message.if_contains("method");
    if (method == nullptr || !method->is_string()) continue;
    const json::array& params = message.at("params").as_array();
    if (*method == "monitor_cond_since" && to_server) {
      const bool fresh = params.at(3).as_string().starts_with("00000000");
      say(agent_of(host), database_of(host), fresh ? "monitor everything" : "monitor, from where it left off");
    } else if (*method == "transact" && to_server) {
      say(agent_of(host), database_of(host), words_of(json::array(params.begin() + 1, params.end())));
    } else if (*method == "update3") {
      say(database_of(host), agent_of(host), words_of(params.at(2).as_object()));
    }
  }
}

void Recorder::at_server(const FeedNetwork::Speaker& agent, const feed::ToServer& message) {
  if (const auto* hello = std::get_if<feed::Hello>(&message)) {
    return say(agent_of(agent.host), server, "hello, I have " + counted(hello->held.size(), "row"));
  }
  const auto& report = std::get<feed::Report>(message);
  std::vector<std::string> active;
  for (const auto& [port, status] : report.ports) {
    if (status == model::PortStatus::active) active.push_back(stage_.name_of(port.text()));
  }
  say(agent_of(agent.host), server,
      "applied " + std::to_string(report.applied) + ", wired: " + (active.empty() ? "nothing" : joined(active)));
}

void Recorder::at_agent(const FeedNetwork::Speaker& agent, const feed::ToAgent& message) {
  if (const auto* update = std::get_if<feed::Update>(&message)) {
    std::vector<std::string> rows;
    for (const feed::Put& put : update->put) rows.push_back(name(put.name));
    for (const model::SliceName& removed : update->removed) rows.push_back("without " + name(removed));
    say(server, agent_of(agent.host), "revision " + std::to_string(update->revision) + ": " + joined(rows));
  } else if (const auto* mark = std::get_if<feed::InSync>(&message)) {
    say(server, agent_of(agent.host), "that is all of revision " + std::to_string(mark->revision));
  }
}

}  // namespace tarn::sim
