// Neutron's ports: the two instances and the crowd, made and asked for by its API.
#include <poll.h>

#include <algorithm>
#include <boost/json.hpp>

#include "neutron_peer.h"
#include "peers/neutron_config.h"
#include "sandbox/instance.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::size_t ports_at_once = 50;  // in one POST: more take longer than a client waits

}  // namespace

Status NeutronPeer::make_network() {
  const Result<json::value> network =
      central_->ask_api("POST", "/v2.0/networks", json::object{{"network", json::object{{"name", "bench"}}}});
  if (!network) return std::unexpected(network.error());
  network_ = json::value_to<std::string>(network->at("network").at("id"));
  const json::object subnet{
      {"network_id", network_}, {"cidr", "10.0.0.0/16"}, {"ip_version", 4}, {"enable_dhcp", false}};
  const Result<json::value> made = central_->ask_api("POST", "/v2.0/subnets", json::object{{"subnet", subnet}});
  if (!made) return std::unexpected(made.error());
  return {};
}

json::object NeutronPeer::port_wish(const std::string& device) const {
  return {{"network_id", network_},
          {"device_owner", "compute:nova"},
          {"device_id", device},
          {"binding:host_id", peers::neutron_host}};
}

Result<std::vector<Plug>> NeutronPeer::make_ports(const json::array& wishes, rt::Instant give_up) const {
  std::vector<Plug> plugs;
  while (plugs.size() < wishes.size()) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    if (clock_.now() >= give_up) return too_slow();
    const auto from = wishes.begin() + static_cast<std::ptrdiff_t>(plugs.size());
    const json::array part(from,
                           from + static_cast<std::ptrdiff_t>(std::min(ports_at_once, wishes.size() - plugs.size())));
    const Result<json::value> made = central_->ask_api("POST", "/v2.0/ports", json::object{{"ports", part}});
    if (!made) return std::unexpected(made.error());
    for (Plug& plug : plugs_of(made->at("ports"))) plugs.push_back(std::move(plug));
  }
  return plugs;
}

Status NeutronPeer::await_no_port(const std::string& statuses, rt::Instant give_up) const {
  const std::string target = "/v2.0/ports?" + statuses + "&fields=id&limit=1";
  const rt::Instant begin = clock_.now();
  while (clock_.now() < give_up) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    const Result<json::value> found = central_->ask_api("GET", target);
    if (!found) return std::unexpected(found.error());
    if (found->at("ports").as_array().empty()) return {};
    // An answer costs tens of milliseconds: asked so often that the time is right to a fiftieth, it takes little.
    const rt::Duration pause = std::clamp<rt::Duration>((clock_.now() - begin) / 50, 50ms, 2s);
    poll(nullptr, 0, static_cast<int>(pause / 1ms));
  }
  return too_slow();
}

Status NeutronPeer::join_instances() {
  json::array wishes;
  for (const std::uint32_t number : {1U, 2U}) {
    const PortIdentity identity = identity_of(number);
    json::object wish = port_wish("instance");
    wish["mac_address"] = identity.mac.text();
    wish["fixed_ips"] = json::array{json::object{{"ip_address", identity.address.text()}}};
    wishes.push_back(std::move(wish));
  }
  const rt::Instant give_up = patience();
  const Result<std::vector<Plug>> plugs = make_ports(wishes, give_up);
  if (!plugs) return std::unexpected(plugs.error());
  // The agent takes no notice of a port's name on an interface that it knows: taken off, and plugged with it.
  for (std::size_t i = 0; i < plugs->size(); ++i) {
    const std::string tap = "tap" + std::to_string(i + 1);
    const Plug& plug = (*plugs)[i];
    if (Status off = run_vsctl(lab_->database_socket(), {"del-port", "br-int", tap}); !off) return off;
    const Status on = run_vsctl(lab_->database_socket(), sandbox::plug_words(tap, plug.port_id, plug.mac));
    if (!on) return on;
  }
  return await_no_port("status=DOWN&status=BUILD", give_up);
}

Status NeutronPeer::make_crowd(int count) {
  const json::array wishes(static_cast<std::size_t>(count) - crowd_.size(), port_wish("crowd"));
  const Result<std::vector<Plug>> made = make_ports(wishes, patience());
  if (!made) return std::unexpected(made.error());
  crowd_.insert(crowd_.end(), made->begin(), made->end());
  return {};
}

Status NeutronPeer::plug_crowd() {
  const rt::Instant give_up = patience();
  if (Status plugged = plug_all(lab_->database_socket(), crowd_); !plugged) return plugged;
  return await_no_port("status=DOWN&status=BUILD", give_up);
}

Status NeutronPeer::unplug_crowd() {
  const rt::Instant give_up = patience();
  if (Status off = unplug_all(lab_->database_socket(), crowd_); !off) return off;
  return await_no_port("status=ACTIVE&status=BUILD&device_id=crowd", give_up);
}

}  // namespace tarn::bench
