// The benchmarks by name. Each starts what it measures and ends it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "sheet.h"

namespace tarn::bench {

struct Settings {
  int rounds = 5;                  // how often each thing is measured
  std::vector<int> ports;          // sizes of `wire`, `restart` and `faststart`; empty: their own
  bool vs_ovn = false;             // those that main.cc says, beside OVN in the same rounds
  bool vs_neutron = false;         // … and beside Neutron; `api` too
  int soak_minutes = 0;            // of `failover`
  int operations = 10'000;         // of `churn`
  std::uint64_t seed = 1;          // … and what chooses them
  std::filesystem::path programs;  // folder of tarn-server and tarn-agent
};

// How long bundles and rows of bundles keep ovs-vswitchd from forwarding.
Result<Report> measure_bundles(const Settings& settings);
// The same for a listing of all flows, in one question and in those that the agent asks.
Result<Report> measure_listings(const Settings& settings);
// What an agent restarted on a host with many ports does, and for how long.
Result<Report> measure_restarts(const Settings& settings);
// From a request of the API to the port's flows in the switch, and to its being ACTIVE.
Result<Report> measure_ports(const Settings& settings);
// Ports plugged at once, until all are ACTIVE, beside the same interfaces and flows given to a bare switch.
Result<Report> measure_wiring(const Settings& settings);
// Whether an instance's first DHCP question is answered that runs the moment its network is there.
Result<Report> measure_fast_starts(const Settings& settings);
// Requests of 64 clients at once, beside what HTTP and the disk can do; with `vs_neutron` beside neutron-server.
Result<Report> measure_api(const Settings& settings);
Result<Report> measure_api_beside_neutron(const Settings& settings);
// One page of a list, of ever more ports.
Result<Report> measure_pages(const Settings& settings);
// What the flows of the pipeline cost a packet, a port and a change of the rules, beside plain switching.
Result<Report> measure_pipeline(const Settings& settings);
// The same of packets that a router takes from one network into another, or to the outside and back.
Result<Report> measure_routing(const Settings& settings);
// How long who speaks to the outside by a gateway hears nothing when that fails; with `soak_minutes` whether any host
// takes another for dead while all are busy. With `vs_ovn` OVN's gateways too, which watch each other by BFD.
Result<Report> measure_failovers(const Settings& settings);
// Operations of all kinds through the API and at the hosts; what is left in switches and hosts once all is undone.
Result<Report> measure_churn(const Settings& settings);
// What one more port costs in memory.
Result<Report> measure_memory(const Settings& settings);

// Whether the operator wants this to end: checked between steps, so that everything started is ended.
bool stop_asked();
// A folder of its own below `parent`, for whoever removes it again. Errors: there can be none.
Result<std::string> make_folder(const std::string& parent);
// Progress, on stderr.
void tell(const std::string& line);

}  // namespace tarn::bench
