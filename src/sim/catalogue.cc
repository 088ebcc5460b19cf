#include "sim/catalogue.h"

#include "base/check.h"

namespace tarn::sim {
namespace {

Acts acts(std::string_view text) {
  Result<Acts> parsed = parse_acts(text);
  CHECK(parsed.has_value());
  return std::move(*parsed);
}

constexpr std::string_view two_ports = "network 1; subnet6 1; port 1 1 1; plug 1; port 2 1 1; plug 2";
constexpr std::string_view two_hosts = "network 1; subnet6 1; port 1 1 1; plug 1; port 2 1 2; plug 2";

// Both ports in group 1, of which any member may send datagrams to UDP port 5000.
constexpr std::string_view grouped =
    "network 1; subnet6 1; group 1; rule 1 2; rule 1 1; port 1 1 1; port-groups 1 1; plug 1; port 2 1 2; "
    "port-groups 2 1; plug 2";

// Port 2 is below the trunk of port 1, in another network, with port 3.
constexpr std::string_view trunked =
    "network 1; network 2; port 1 1 1; plug 1; port 4 1 1; plug 4; port 2 2 1; carry 2 1; port 3 2 1; plug 3";

// Networks 1 and 3 are connected by router 1; port 3 is beside port 1.
constexpr std::string_view routed =
    "network 1; network 3; subnet6 1; subnet6 3; router 1; attach 1 1; attach 1 3; port 1 1 1; plug 1; port 3 1 1; "
    "plug 3; port 2 3 2; plug 2";

// Ports 1 and 2 get outside by router 1, for which several hosts may answer. Anybody may send datagrams to UDP port
// 5000 of them; port 1 has floating IP 1.
constexpr std::string_view outward =
    "offer 1; offer 2; network 1; external 1; router 1; attach 1 1; gateway 1 1; group 1; rule 1 2; port 1 1 1; "
    "port-groups 1 1; plug 1; port 2 1 2; port-groups 2 1; plug 2; floating 1 1; associate 1 1";

// The same by IPv6, where nothing is translated, and port 3 on a host without a wire.
constexpr std::string_view outward6 =
    "offer 1; offer 2; network 1; subnet6 1; external 1; external6 1; router 1; attach 1 1; gateway 1 1; group 1; "
    "rule 1 6; port 1 1 1; port-groups 1 1; plug 1; port 2 1 2; port-groups 2 1; plug 2; port 3 1 3; port-groups 3 1; "
    "plug 3";

// Ports 1 and 2 may take the virtual address of network 1, to which floating IP 1 leads; port 3 is beside, on another
// network of their router.
constexpr std::string_view taken_in_turns =
    "offer 1; offer 2; network 1; network 3; external 1; router 1; attach 1 1; attach 1 3; gateway 1 1; group 1; "
    "rule 1 2; port 1 1 1; port-groups 1 1; plug 1; let-take 1; port 2 1 2; port-groups 2 1; plug 2; let-take 2; "
    "port 3 3 2; plug 3; floating 1 1; lead 1 1; settle; take 1";

std::vector<Scenario> of_workloads() {
  return {
      {"port-plugged", "Port plugged",
       "A hypervisor plugs an instance's interface into the integration bridge, in the way of os-vif. The switch gives "
       "it a number; the agent pins that number, renders the port's flows and commits them in one bundle. Only when "
       "the "
       "switch has acknowledged every flow of the port does the server hear of it, and the port become ACTIVE.",
       "The port's first packet finds all of its flows or none; nobody else's traffic notices.", 1, acts(two_ports),
       acts("port 3 1 1; plug 3")},
      {"port-unplugged", "Port unplugged",
       "The interface goes away while the port still exists. With it goes the fact that the flows were rendered from: "
       "they are no longer wished for and are removed by key, and the port's status follows.",
       "Nothing of the port stays in the switch, and no other flow is touched.", 1, acts(two_ports), acts("unplug 2")},
      {"port-withdrawn", "Port withdrawn while others are wired",
       "Two instances are being wired, and a database that is slow keeps their numbers waiting, when another port is "
       "deleted. What was granted to it is taken away in a bundle of its own, before anything else is built: a "
       "permission that ends waits for nothing.",
       "From the moment its agent knows, the deleted port is heard by nobody and hears nobody.", 1, acts(two_ports),
       acts("slow-database 1; port 3 1 1; plug 3; port 4 1 1; plug 4; steps 28; remove-port 1; steps 40")},
      {"rule-revoked", "Rule revoked",
       "A rule of a security group is deleted while instances talk. Flows ask for the first packet of a connection, so "
       "the one flow that goes takes new and established connections alike, both ways; nothing is flushed, and what "
       "another rule still lets through never waits.",
       "From the moment the agent knows, only what another rule allows passes; that passes at every instant.", 2,
       acts(grouped), acts("remove-rule 1 1; settle; remove-rule 1 2")},
      {"groups-changed", "Security groups of a port changed",
       "A port leaves one security group and joins another that lets the same traffic through. The flows of the new "
       "set of groups and the port's turn to them travel in one bundle; those of the old set go with it.",
       "Traffic that both groups allow passes at every instant.", 2, acts(grouped),
       acts("group 2; rule 2 2; settle; port-groups 2 2; port-groups 2 3; remove-group 2")},
      {"trunk-changed", "Ports below a trunk changed",
       "A second port is put below the trunk of an instance that is running, and one is taken out. A port below a "
       "trunk "
       "is bound with the trunk's parent, in the same write; its place is a VLAN on the parent's interface, and its "
       "flows come and go like those of any port.",
       "Neither the parent's traffic nor that of the other port below it is disturbed.", 1, acts(trunked),
       acts("port 5 2 1; carry 5 1; settle; drop-carried 2 1")},
      {"router-beside", "Routers come and go beside another",
       "A second router is made and put on two networks, one of which the first router serves, and is taken away "
       "again. "
       "Routers are rows like all others: what a node does for one is rendered from the node's whole slice, so that "
       "there is no moment at which it knows a router and not its routes, and none at which it rebuilds one.",
       "What goes by the first router goes by it at every instant; what no router connects stays apart.", 2,
       acts(routed), acts("network 2; router 2; attach 2 2; attach 2 3; settle; detach 2 3; remove-router 2")},
      {"router-detached", "Router taken from a network",
       "A router that two networks talk by is taken from one of them. Its routes, its addresses and what they led to "
       "go; so do, on nodes that had the other network only behind the router, that network and all of its ports.",
       "Inside each network nothing is lost. At rest nothing passes from one into the other.", 2, acts(routed),
       acts("detach 1 3; settle; attach 1 3")},
      {"network-used-at-once", "Network created and used at once",
       "Network, subnet and port are created, and an instance is plugged, before the agent has heard of any of them. "
       "What is not known yet is no state to wait in: its absence was read, and its coming renders the port again.",
       "Whichever word comes first, the result is the same, and it comes.", 1, acts(two_ports),
       acts("network 2; port 3 2 1; plug 3; port 4 2 1; plug 4")},
  };
}

std::vector<Scenario> of_restarts() {
  return {
      {"agent-restart", "Agent restart",
       "The agent is killed between two instructions and another one is started. It lists what is there, hears from "
       "the "
       "server what should be there, and finds no difference. Until both are whole it cannot even plan.",
       "No write is attempted, no packet of an existing or new flow is lost.", 2, acts(two_hosts),
       acts("kill-agent 1; start-agent 1")},
      {"server-restart", "Server restart",
       "The server is killed and started. Agents keep what they have, come back and say which rows they hold in which "
       "version; the server sends only what differs. Every write that was acknowledged is in its store.",
       "No acknowledged write is lost and no agent writes anything.", 2, acts(two_hosts),
       acts("kill-server; start-server")},
      {"switch-restart", "Switch restart",
       "ovs-vswitchd is restarted with flow-restore-wait, as its packages do it. It comes up without flows and leaves "
       "its datapath as it is; the agent finds an empty listing, puts everything back in bundles and then lets the "
       "switch take over.",
       "The datapath forwards as before at every instant of it.", 2, acts(two_hosts),
       acts("kill-switch 1; start-switch-awaited 1")},
      {"host-reboot-headless", "Host reboot, headless",
       "A host loses its power and boots while no server answers. Its agent reads the journal, renders from that, and "
       "restores the workloads of the node. What the journal remembers may create and repair; it is never evidence "
       "for a removal. When the server returns, the journal is forgotten.",
       "The host's workloads are served again without any server, and what the journal does not know is left alone.", 2,
       acts(two_hosts), acts("kill-server; lose-power 1; boot 1; steps 400; start-server")},
  };
}

std::vector<Scenario> of_gateways() {
  return {
      {"gateway-dies", "Gateway dies and comes back",
       "Three hosts may answer outside for a router's address, and the one that does loses its power. The others' "
       "switches miss its BFD and write that into their databases; the agent of the next host adds the flow that "
       "answers, and announces the address. Who has which ports of the address was said beforehand, so whoever gets a "
       "packet knows whose it is. When the first host is heard again, it answers again.",
       "Who is not on the host that died keeps address and port of each connection, and answers come to it by every "
       "host that lives. No two hosts answer once their databases have told them of each other.",
       3, acts(std::string(outward) + "; offer 3"), acts("lose-gateway 1; steps 400; boot-gateway 1; settle")},
      {"handed-over", "Gateway of a host without a wire dies",
       "A host that is not on the segment hands over what its instances send, translated, to the host that answers for "
       "their router's address. Its own agent is killed, and that host loses its power. The switch of the host without "
       "a wire misses its BFD, as the other gateway's does, and hands over to the next; when the first is heard again, "
       "to that.",
       "Each connection keeps its address and port, since nothing of it was at the gateway. As soon as BFD tells of "
       "it, "
       "what is handed over is let out again, agent or no agent.",
       3, acts(std::string(outward) + "; port 3 1 3; port-groups 3 1; plug 3; floating 2 1; associate 2 3"),
       acts("kill-agent 3; lose-gateway 1; steps 400; boot-gateway 1; start-agent 3; settle")},
      {"ipv6-gateway-dies", "Gateway of IPv6 dies and comes back",
       "Instances are known outside by their own IPv6 addresses; one of them is on a host without a wire. The one "
       "that answers for their router's address loses its power. The next one answers neighbour solicitations for the "
       "address and announces it, and the host without a wire hands over to that. Nothing is translated: whoever may "
       "answer leads in what comes, and has the router's networks within reach for it.",
       "Who is on a host that lives gets outside and is called by every host that may answer and lives, by its own "
       "address.",
       3, acts(outward6), acts("lose-gateway 1; steps 400; boot-gateway 1; settle")},
      {"second-gateway", "Calls by two gateways while the control plane is away",
       "A router has two gateways, and an instance a floating IP by each. All agents and the server are killed, and "
       "start again. What leaves goes by the first gateway, but for answers to calls that came in by the second: the "
       "switch asks what the second has translated, before it takes the first.",
       "A call is answered by the gateway that it came in by, as the address that was called, and all else leaves by "
       "the first, at every instant. No agent writes anything.",
       2, acts(std::string(outward) + "; external 2; second-gateway 1 2; floating 2 2; associate 2 1"),
       acts("kill-agent 1; kill-agent 2; kill-server; start-agent 1; start-agent 2; start-server; settle")},
  };
}

std::vector<Scenario> of_addresses() {
  return {
      {"translated-headless", "Control plane away while connections are translated",
       "All agents and the server are killed while instances talk to the outside, by the address of their router and "
       "by floating IPs, and start again. What is translated, and to what, is the switches' own knowledge; ports of "
       "the router's address belong to hosts by rows of the store.",
       "Each connection keeps the address and port that it has outside; new ones open, and calls come in, at every "
       "instant. No agent writes anything.",
       2, acts(outward),
       acts("kill-agent 1; kill-agent 2; kill-server; start-agent 1; start-agent 2; start-server; settle")},
      {"floating-ip-moves", "Floating IP moves under traffic",
       "A floating IP is taken from one instance and given to another one on another host, by one request. The first "
       "host ceases to answer for it and to translate by it, the other begins to, and announces the address, so that "
       "the segment's switches follow.",
       "The address is never anybody's but the instance's that has it or had it; at rest it answers where it is, and "
       "nowhere else. Who lost it gets outside by the router's address.",
       2, acts(outward), acts("associate 1 2; settle; associate 1 1")},
      {"instance-moves", "Instance moves while it speaks with the outside",
       "An instance that leaves by the address of its router goes to another host. The gateway translates its "
       "connections on the host where they began, and knows them there alone. So that host keeps the gateway and its "
       "ports of the address, and nothing else of the router; the instance's new host hands it what belongs to no "
       "connection of its own and is no first packet; answers take the same way back.",
       "A connection keeps the address and port that it had outside, and hears its answers, wherever the instance is. "
       "What begins after the move begins on the new host.",
       2, acts(std::string(outward) + "; disassociate 1"), acts("move-port 1 2; unplug 1; plug 1; settle")},
      {"address-taken", "Address taken by another instance while the control plane is away",
       "Two instances on two hosts may have an address that a port holds which is bound nowhere, as with VRRP. All "
       "agents and the server are killed, and the instance that did not have the address announces it. The switches "
       "learn of the announcement; nobody else has a part in it. Then the first takes the address back.",
       "What is routed to the address, and what comes for its floating IP, is delivered once, to the instance that "
       "announced it last, at every instant.",
       2, acts(taken_in_turns),
       acts("kill-agent 1; kill-agent 2; kill-server; take 2; start-agent 1; start-agent 2; start-server; settle; "
            "take 1")},
  };
}

}  // namespace

const std::vector<Scenario>& catalogue() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> every = of_workloads();
    for (Scenario& each : of_restarts()) every.push_back(std::move(each));
    for (Scenario& each : of_gateways()) every.push_back(std::move(each));
    for (Scenario& each : of_addresses()) every.push_back(std::move(each));
    return every;
  }();
  return all;
}

}  // namespace tarn::sim
