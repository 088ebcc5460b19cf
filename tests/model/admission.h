// A desk at which requests are admitted one after the other against a growing cloud, in the words of the API.
#pragma once

#include <gtest/gtest.h>

#include "model/admit.h"

namespace tarn::model::test {

using Given = boost::json::object;

inline Caller admin() {
  return {"admin-project", true};
}
inline Caller tenant(std::string project = "blue") {
  return {std::move(project), false};
}

class Desk {
 public:
  Desk() {
    limits.vlan_ranges["physnet1"] = {100, 102};
    limits.flat_networks = {"physnet1"};
  }

  Snapshot cloud;
  Limits limits;
  Caller caller = tenant();
  std::int64_t now_ms = 1000;
  std::uint64_t chance = 1;

  // The id of what was made, or why not.
  Result<Uuid> create(Kind kind, Given given) {
    const Uuid id = next_id();
    const Status status = run({{Verb::create, kind, id, std::move(given), std::nullopt}});
    if (!status) return fail(status.error());
    return id;
  }
  Result<NetworkId> network(Given given = {}) { return typed<NetworkId>(create(Kind::network, std::move(given))); }
  Result<SubnetId> subnet(NetworkId network, std::string_view cidr, Given more = {}) {
    more["network"] = network.text();
    more["cidr"] = cidr;
    return typed<SubnetId>(create(Kind::subnet, std::move(more)));
  }
  Result<PortId> port(NetworkId network, Given more = {}) {
    more["network"] = network.text();
    return typed<PortId>(create(Kind::port, std::move(more)));
  }
  template <class Id>
  Status update(Id id, Given given, std::optional<std::uint64_t> expected = std::nullopt) {
    return run({{Verb::update, kind_of_id(id), id.uuid, std::move(given), expected}});
  }
  template <class Id>
  Status remove(Id id, std::optional<std::uint64_t> expected = std::nullopt) {
    return run({{Verb::remove, kind_of_id(id), id.uuid, {}, expected}});
  }
  Status run(std::vector<Request> requests) {
    const Result<Change> change = admit(cloud, {std::move(requests), caller, now_ms, chance++}, limits);
    if (!change) return fail(change.error());
    commit(*change);
    return {};
  }
  void commit(const Change& change) {
    last = change;
    cloud = cloud.with(change, cloud.revision() + 1);
  }
  // An agent that serves VXLAN, and physnet1 when it has a bridge for it.
  void agent(const std::string& host, bool tunnels = true, bool bridge = true) {
    Agent agent;
    agent.id = {Uuid::random(7, std::hash<std::string>{}(host))};
    agent.host = host;
    agent.created_at_ms = now_ms;
    if (tunnels) agent.tunnel_address = "192.0.2.1";
    if (bridge) agent.bridge_mappings["physnet1"] = "br-ex";
    const Result<Change> change = admit_agent(cloud, {agent});
    ASSERT_TRUE(change.has_value());
    commit(*change);
  }

  const Network& at(NetworkId id) const { return **cloud.find(id); }
  const Subnet& at(SubnetId id) const { return **cloud.find(id); }
  const Port& at(PortId id) const { return **cloud.find(id); }
  std::vector<std::string> addresses(PortId id) const {
    std::vector<std::string> texts;
    for (const FixedIp& ip : at(id).fixed_ips) texts.push_back(ip.address.text());
    return texts;
  }
  Uuid next_id() { return Uuid::random(1, ++ids_); }

  Change last;

 private:
  static Kind kind_of_id(NetworkId) { return Kind::network; }
  static Kind kind_of_id(SubnetId) { return Kind::subnet; }
  static Kind kind_of_id(PortId) { return Kind::port; }
  static Kind kind_of_id(AgentId) { return Kind::agent; }
  template <class Id>
  static Result<Id> typed(const Result<Uuid>& id) {
    if (!id) return fail(id.error());
    return Id{*id};
  }
  std::uint64_t ids_ = 0;
};

// "409-like NetworkInUse": how a refusal is told in tests.
template <class T>
std::string reason(const Result<T>& result) {
  return result ? "admitted" : result.error().reason;
}
template <class T>
std::string message(const Result<T>& result) {
  return result ? "admitted" : result.error().message;
}
template <class T>
ErrorCode code(const Result<T>& result) {
  return result ? ErrorCode::internal : result.error().code;
}

}  // namespace tarn::model::test
