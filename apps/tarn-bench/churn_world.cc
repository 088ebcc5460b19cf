#include "churn_world.h"

#include <signal.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/check.h"
#include "sandbox/instance.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int hosts = 2;
constexpr std::size_t ports_most = 60;
constexpr std::size_t groups_most = 20;
constexpr std::size_t rules_most = 200;
constexpr std::size_t networks_most = 4;

// The name of one resource of a collection in requests and answers: "security-group-rules", "security_group_rule".
std::string one_of(std::string collection) {
  std::ranges::replace(collection, '-', '_');
  return collection == "qos/policies" ? "policy" : collection.substr(0, collection.size() - 1);
}

}  // namespace

const std::vector<ChurnWorld::Kind>& ChurnWorld::kinds() {
  static const std::vector<Kind> all{
      {"port made", 18, &ChurnWorld::make_port},           {"port changed", 16, &ChurnWorld::change_port},
      {"port deleted", 10, &ChurnWorld::delete_port},      {"port plugged", 16, &ChurnWorld::plug_port},
      {"port unplugged", 10, &ChurnWorld::unplug_port},    {"group made", 4, &ChurnWorld::make_group},
      {"group renamed", 1, &ChurnWorld::rename_group},     {"group deleted", 4, &ChurnWorld::delete_group},
      {"rule made", 18, &ChurnWorld::make_rule},           {"rule deleted", 14, &ChurnWorld::delete_rule},
      {"limits changed", 2, &ChurnWorld::change_limits},   {"network made", 1, &ChurnWorld::make_network},
      {"network deleted", 1, &ChurnWorld::delete_network}, {"agent killed", 1, &ChurnWorld::kill_agent}};
  return all;
}

Status ChurnWorld::prepare() {
  const api::HttpClient api = cloud_.sandbox().api();
  const Result<json::value> network = api.ask_api("GET", "/v2.0/networks/" + cloud_.network());
  if (!network) return std::unexpected(network.error());
  const std::string project = json::value_to<std::string>(network->at("network").at("project_id"));
  const json::object quota{{"security_group", -1}, {"security_group_rule", -1}};
  if (auto set = api.ask_api("PUT", "/v2.0/quotas/" + project, json::object{{"quota", quota}}); !set) {
    return std::unexpected(set.error());
  }
  current_ = &counts_["prepared"];
  const Result<std::string> policy = make("qos/policies", {{"name", "churn"}});
  if (!policy) return std::unexpected(policy.error());
  policy_ = *policy;
  const json::object rate{{"max_kbps", 100'000}, {"direction", "egress"}};
  const Result<json::value> made = api.ask_api("POST", "/v2.0/qos/policies/" + policy_ + "/bandwidth_limit_rules",
                                               json::object{{"bandwidth_limit_rule", rate}});
  if (!made) return std::unexpected(made.error());
  policy_rule_ = json::value_to<std::string>(made->at("bandwidth_limit_rule").at("id"));
  if (Status done = make_network(); !done) return done;
  return make_group();
}

Status ChurnWorld::step() {
  int total = 0;
  for (const Kind& kind : kinds()) total += kind.weight;
  auto chosen = static_cast<int>(any(static_cast<std::size_t>(total)));
  for (const Kind& kind : kinds()) {
    chosen -= kind.weight;
    if (chosen >= 0) continue;
    current_ = &counts_[kind.name];
    ++current_->done;
    const Status moved = (this->*kind.move)();
    if (!moved) return fail(moved.error().code, std::string(kind.name) + ": " + moved.error().message);
    return {};
  }
  return {};
}

Result<json::value> ChurnWorld::ask(const std::string& method, const std::string& target, const json::value& body) {
  const std::string text = body.is_null() ? std::string() : json::serialize(body);
  const Result<api::HttpClient::Answer> answer = cloud_.sandbox().api().ask(method, "/v2.0/" + target, text);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status < 300) return answer->body.empty() ? json::value() : json::parse(answer->body);
  if (answer->status != 404 && answer->status != 409) {
    return fail(ErrorCode::invalid, method + " " + target + " " + text + ": " + answer->body);
  }
  ++current_->refused;
  return json::value();
}

Status ChurnWorld::change(const std::string& method, const std::string& target, const json::value& body) {
  if (auto answer = ask(method, target, body); !answer) return std::unexpected(answer.error());
  return {};
}

Result<std::string> ChurnWorld::make(const std::string& collection, json::object wish) {
  const std::string name = one_of(collection);
  const Result<json::value> made = ask("POST", collection, json::object{{name, std::move(wish)}});
  if (!made) return std::unexpected(made.error());
  return made->is_null() ? std::string() : json::value_to<std::string>(made->at(name).at("id"));
}

json::array ChurnWorld::some_groups() {
  json::array chosen;
  for (const std::string& group : groups_) {
    if (chance(6)) chosen.emplace_back(group);
  }
  return chosen;
}

Status ChurnWorld::make_port() {
  if (ports_.size() >= ports_most) return {};
  const int host = 1 + static_cast<int>(any(hosts));
  const std::string network = networks_.empty() || chance(2) ? cloud_.network() : networks_[any(networks_.size())];
  json::array groups = chance(3) ? json::array{} : some_groups();
  json::object wish{{"network_id", network}, {"device_owner", "compute:nova"}, {"device_id", "churn"}};
  if (!groups.empty()) wish["security_groups"] = groups;  // none: the default one
  if (!chance(8)) wish["binding:host_id"] = sandbox::Layout::host_name(host);
  if (chance(4)) wish["qos_policy_id"] = policy_;
  const Result<json::value> made = ask("POST", "ports", json::object{{"port", std::move(wish)}});
  if (!made) return std::unexpected(made.error());
  if (made->is_null()) return {};
  ports_.push_back({plugs_of(json::array{made->at("port")}).front(), host, network, std::move(groups)});
  return {};
}

Status ChurnWorld::set_groups(Port& port, json::array groups) {
  const std::int64_t refused = current_->refused;
  const json::object wish{{"security_groups", groups}};
  const Status done = change("PUT", "ports/" + port.plug.port_id, json::object{{"port", wish}});
  if (done && current_->refused == refused) port.groups = std::move(groups);
  return done;
}

Status ChurnWorld::change_port() {
  if (ports_.empty()) return {};
  Port& port = ports_[any(ports_.size())];
  json::object wish;
  switch (any(6)) {
    case 0:
      wish["admin_state_up"] = !chance(2);
      break;
    case 1:
      wish["qos_policy_id"] = chance(2) ? json::value(policy_) : json::value();
      break;
    case 2:
      port.host = 1 + static_cast<int>(any(hosts));
      wish["binding:host_id"] = sandbox::Layout::host_name(port.host);
      break;
    case 3: {
      const json::object pair{{"ip_address", "10.99.0." + std::to_string(any(250))}};
      wish["allowed_address_pairs"] = chance(2) ? json::array{pair} : json::array{};
      break;
    }
    default:
      return set_groups(port, some_groups());
  }
  return change("PUT", "ports/" + port.plug.port_id, json::object{{"port", std::move(wish)}});
}

Status ChurnWorld::delete_port() {
  if (ports_.empty()) return {};
  const auto at = ports_.begin() + static_cast<std::ptrdiff_t>(any(ports_.size()));
  const Plug plug = at->plug;
  ports_.erase(at);
  return change("DELETE", "ports/" + plug.port_id);
}

Status ChurnWorld::set_plug(const Plug& plug, int host, bool on) {
  const std::string database = cloud_.sandbox().host(host).database_socket().string();
  return on ? plug_all(database, std::span(&plug, 1)) : unplug_all(database, std::span(&plug, 1));
}

Status ChurnWorld::plug_port() {
  if (ports_.empty()) return {};
  const Port port = ports_[any(ports_.size())];
  const auto same = [&](const Port& other) { return other.plug.port_id == port.plug.port_id; };
  if (std::ranges::any_of(plugged_, same)) return {};
  plugged_.push_back(port);
  return set_plug(port.plug, port.host, true);
}

Status ChurnWorld::unplug_port() {
  if (plugged_.empty()) return {};
  const auto at = plugged_.begin() + static_cast<std::ptrdiff_t>(any(plugged_.size()));
  const Port port = *at;
  plugged_.erase(at);
  return set_plug(port.plug, port.host, false);
}

Status ChurnWorld::make_group() {
  if (groups_.size() >= groups_most) return {};
  const Result<std::string> id =
      make("security-groups", {{"name", "churn" + std::to_string(++made_)}, {"stateful", !chance(6)}});
  if (!id) return std::unexpected(id.error());
  if (!id->empty()) groups_.push_back(*id);
  return {};
}

Status ChurnWorld::rename_group() {
  if (groups_.empty()) return {};
  const json::object wish{{"name", "churn" + std::to_string(++made_)}};
  return change("PUT", "security-groups/" + groups_[any(groups_.size())], json::object{{"security_group", wish}});
}

// One that ports have is refused; mostly they let go of it first. Its rules go with it.
Status ChurnWorld::delete_group() {
  if (groups_.empty()) return {};
  const auto at = groups_.begin() + static_cast<std::ptrdiff_t>(any(groups_.size()));
  const bool let_go = !chance(4);
  for (Port& port : ports_) {
    json::array others = port.groups;
    others.erase(std::remove(others.begin(), others.end(), json::value(*at)), others.end());
    if (!let_go || others.size() == port.groups.size()) continue;
    if (Status done = set_groups(port, std::move(others)); !done) return done;
  }
  const std::int64_t refused = current_->refused;
  if (Status done = change("DELETE", "security-groups/" + *at); !done) return done;
  if (current_->refused == refused) groups_.erase(at);
  return {};
}

Status ChurnWorld::make_rule() {
  if (groups_.empty() || rules_.size() >= rules_most) return {};
  const auto low = static_cast<int>(1 + any(60'000));
  json::object wish{{"security_group_id", groups_[any(groups_.size())]},
                    {"direction", chance(3) ? "egress" : "ingress"},
                    {"ethertype", chance(4) ? "IPv6" : "IPv4"},
                    {"protocol", chance(3) ? "udp" : "tcp"},
                    {"port_range_min", low},
                    {"port_range_max", low + static_cast<int>(chance(2) ? 0 : any(5'000))}};
  if (chance(3)) {
    wish["remote_group_id"] = groups_[any(groups_.size())];
  } else if (chance(2) && wish["ethertype"] == "IPv4") {
    wish["remote_ip_prefix"] = "10." + std::to_string(any(250)) + ".0.0/16";
  }
  const Result<std::string> id = make("security-group-rules", std::move(wish));
  if (!id) return std::unexpected(id.error());
  if (!id->empty()) rules_.push_back(*id);
  return {};
}

Status ChurnWorld::delete_rule() {
  if (rules_.empty()) return {};
  const auto at = rules_.begin() + static_cast<std::ptrdiff_t>(any(rules_.size()));
  const std::string id = *at;
  rules_.erase(at);
  return change("DELETE", "security-group-rules/" + id);
}

Status ChurnWorld::change_limits() {
  const json::object rate{{"max_kbps", 10'000 + static_cast<int>(any(90'000))}};
  return change("PUT", "qos/policies/" + policy_ + "/bandwidth_limit_rules/" + policy_rule_,
                json::object{{"bandwidth_limit_rule", rate}});
}

Status ChurnWorld::make_network() {
  if (networks_.size() >= networks_most) return {};
  const Result<std::string> id = make("networks", {{"name", "churn" + std::to_string(++made_)}});
  if (!id) return std::unexpected(id.error());
  networks_.push_back(*id);
  const std::string prefix = "10." + std::to_string(100 + made_ % 100) + ".0.0/16";
  const Result<std::string> subnet =
      make("subnets", {{"network_id", *id}, {"ip_version", 4}, {"cidr", prefix}, {"enable_dhcp", !chance(3)}});
  if (!subnet) return std::unexpected(subnet.error());
  return {};
}

Status ChurnWorld::delete_network() {
  if (networks_.empty()) return {};
  const auto at = networks_.begin() + static_cast<std::ptrdiff_t>(any(networks_.size()));
  const bool with_ports = !chance(4);
  for (std::size_t i = 0; with_ports && i < ports_.size();) {
    if (ports_[i].network != *at) {
      ++i;
      continue;
    }
    const std::string id = ports_[i].plug.port_id;
    ports_.erase(ports_.begin() + static_cast<std::ptrdiff_t>(i));
    if (Status done = change("DELETE", "ports/" + id); !done) return done;
  }
  const std::int64_t refused = current_->refused;
  if (Status done = change("DELETE", "networks/" + *at); !done) return done;
  if (current_->refused == refused) networks_.erase(at);
  return {};
}

// Some are started at once, some miss what comes until the next one is killed.
Status ChurnWorld::kill_agent() {
  const sandbox::Host host = cloud_.sandbox().host(1 + static_cast<int>(any(hosts)));
  host.stop(sandbox::agent_name, SIGKILL);
  return chance(3) ? Status() : heal();
}

Status ChurnWorld::heal() {
  for (int number = 1; number <= hosts; ++number) {
    const sandbox::Host host = cloud_.sandbox().host(number);
    if (Status started = host.start_agent(); !started) return started;
  }
  return {};
}

Status ChurnWorld::undo() {
  current_ = &counts_["undone"];
  while (!ports_.empty() || !plugged_.empty()) {
    ++current_->done;
    if (Status done = chance(2) ? delete_port() : unplug_port(); !done) return done;
  }
  for (; !rules_.empty(); ++current_->done) {
    if (Status done = delete_rule(); !done) return done;
  }
  // Until their rules are gone groups name each other; now none is refused.
  for (; !groups_.empty(); ++current_->done) {
    if (Status done = delete_group(); !done) return done;
  }
  for (; !networks_.empty(); ++current_->done) {
    if (Status done = delete_network(); !done) return done;
  }
  ++current_->done;
  if (Status done = change("DELETE", "qos/policies/" + policy_); !done) return done;
  return heal();
}

}  // namespace tarn::bench
