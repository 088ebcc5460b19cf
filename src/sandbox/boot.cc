// Instances of a sandbox: what a compute service does through the API and on the host.
#include <boost/json.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "base/uuid.h"
#include "rt/choice.h"
#include "rt/line_client.h"
#include "sandbox/fabric.h"
#include "sandbox/sandbox.h"

namespace tarn::sandbox {
namespace {

namespace json = boost::json;

constexpr int list_max = 2;  // enough to see that a name is not unique

Result<json::array> list(const api::HttpClient& api, const std::string& path, const std::string& collection) {
  Result<json::value> answer = api.ask_api("GET", path);
  if (!answer) return std::unexpected(answer.error());
  const json::value* items = answer->is_object() ? answer->get_object().if_contains(collection) : nullptr;
  if (items == nullptr || !items->is_array()) return fail(ErrorCode::corrupt, "the API answered without " + collection);
  return items->get_array();
}

std::string text_at(const json::value& object, std::string_view key) {
  const json::value* value = object.is_object() ? object.get_object().if_contains(key) : nullptr;
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// The id of the network with this id or (unique) name.
Result<std::string> network_id(const api::HttpClient& api, const std::string& name_or_id) {
  const std::string key = Uuid::parse(name_or_id) ? "id" : "name";
  const std::string value = boost::urls::encode(name_or_id, boost::urls::unreserved_chars);
  const Result<json::array> found = list(api, "/v2.0/networks?fields=id&" + key + "=" + value, "networks");
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return fail(ErrorCode::not_found, "there is no network '" + name_or_id + "'");
  if (found->size() >= list_max) return fail(ErrorCode::conflict, "several networks are called '" + name_or_id + "'");
  return text_at(found->front(), "id");
}

std::string new_uuid() {
  rt::Seeded choice(rt::entropy());
  const std::uint64_t high = choice.bits();
  return Uuid::random(high, choice.bits()).text();
}

// Names become namespaces, folders and host names.
Status check_name(const std::string& name) {
  const bool fits = !name.empty() && name.size() <= 40 &&
                    name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos &&
                    name.front() != '-';
  if (!fits) return fail(ErrorCode::invalid, "an instance's name has 1 to 40 of a-z, 0-9 and '-'");
  return {};
}

}  // namespace

Result<std::string> Sandbox::ensure_network(const std::string& name, const std::string& cidr) {
  Result<std::string> known = network_id(api(), name);
  if (known || known.error().code != ErrorCode::not_found) return known;
  const Result<json::value> network = api().ask_api("POST", "/v2.0/networks", {{"network", {{"name", name}}}});
  if (!network) return std::unexpected(network.error());
  const std::string id = text_at(network->at("network"), "id");
  const json::object subnet{{"name", name}, {"network_id", id}, {"ip_version", 4}, {"cidr", cidr}};
  const Result<json::value> made = api().ask_api("POST", "/v2.0/subnets", {{"subnet", subnet}});
  if (!made) return std::unexpected(made.error());
  return id;
}

Status Sandbox::await_agents(std::chrono::seconds timeout) const {
  const json::object request{{"method", "await_in_sync"}, {"timeout_s", timeout.count()}};
  for (int number = 1; number <= state_.hosts; ++number) {
    const std::string socket = layout_.agent_socket(number).string();
    const Result<std::string> answer = rt::ask(socket, json::serialize(request), timeout + std::chrono::seconds(1));
    if (!answer) return std::unexpected(answer.error());
    boost::system::error_code error;
    const json::value parsed = json::parse(*answer, error);
    if (error || text_at(parsed, "error") != "") {
      return fail(ErrorCode::unavailable, Layout::host_name(number) + ": " + text_at(parsed, "error"));
    }
  }
  return {};
}

Result<Instance> Sandbox::make_port(const Boot& wanted) {
  Instance instance{.name = wanted.name,
                    .host = wanted.host.value_or(emptiest_host()),
                    .device_id = new_uuid(),
                    .port_id = {},
                    .network_id = {},
                    .mac = {},
                    .addresses = {}};
  if (instance.host < 1 || instance.host > state_.hosts) {
    return fail(ErrorCode::invalid, "there is no host " + std::to_string(instance.host));
  }
  const Result<std::string> network = network_id(api(), wanted.network);
  if (!network) return std::unexpected(network.error());
  instance.network_id = *network;
  const json::object body{{"name", wanted.name},
                          {"network_id", *network},
                          {"device_id", instance.device_id},
                          {"device_owner", "compute:nova"},
                          {"binding:host_id", Layout::host_name(instance.host)}};
  const Result<json::value> answer = api().ask_api("POST", "/v2.0/ports", {{"port", body}});
  if (!answer) return std::unexpected(answer.error());
  const json::value& port = answer->at("port");
  instance.port_id = text_at(port, "id");
  instance.mac = text_at(port, "mac_address");
  for (const json::value& ip : port.at("fixed_ips").as_array()) instance.addresses.push_back(text_at(ip, "ip_address"));
  if (text_at(port, "binding:vif_type") != "ovs") {
    return fail(ErrorCode::unavailable, "the port could not be bound to " + Layout::host_name(instance.host) +
                                            ": its agent has not reported, or does not serve this network");
  }
  return instance;
}

Result<Instance> Sandbox::boot(const Boot& wanted) {
  if (Status fits = check_name(wanted.name); !fits) return std::unexpected(fits.error());
  if (state_.instances.contains(wanted.name)) {
    return fail(ErrorCode::conflict, "there is an instance '" + wanted.name + "' already");
  }
  Result<Instance> instance = make_port(wanted);
  if (!instance) return instance;
  // Remembered before it exists, so that whatever happens next can be taken down.
  state_.instances[instance->name] = *instance;
  if (Status saved = save(); !saved) return std::unexpected(saved.error());
  if (Status done = plug(layout_, host(instance->host), *instance); !done) return std::unexpected(done.error());
  constexpr auto lease_within = std::chrono::seconds(15);
  if (wanted.dhcp) {
    if (Status done = take_lease(layout_, *instance, lease_within); !done) return std::unexpected(done.error());
  }
  return instance;
}

Status Sandbox::remove_instance(const std::string& name) {
  const auto found = state_.instances.find(name);
  if (found == state_.instances.end()) return fail(ErrorCode::not_found, "there is no instance '" + name + "'");
  if (Status done = unplug(layout_, host(found->second.host), found->second); !done) return done;
  const Result<json::value> gone = api().ask_api("DELETE", "/v2.0/ports/" + found->second.port_id);
  if (!gone && gone.error().code != ErrorCode::not_found) return std::unexpected(gone.error());
  state_.instances.erase(found);
  return save();
}

}  // namespace tarn::sandbox
