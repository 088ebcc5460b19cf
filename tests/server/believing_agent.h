// An agent's end of the feed without a switch below it, and how a test waits for what a real server does.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "feed/grpc_agent_edge.h"
#include "rt/asio_loop.h"

namespace tarn::server {

inline constexpr std::chrono::seconds patience{30};

// Runs the loop and asks again and again, since what is asked may change without an event here.
inline bool await(rt::AsioLoop& loop, const std::function<bool()>& done) {
  rt::TimerHandle tick;
  std::function<void()> again = [&] { tick = loop.after(std::chrono::milliseconds(10), [&again] { again(); }); };
  again();
  return loop.run_until(done, patience);
}

// An agent that believes everything and wires every port at once.
struct Agent {
  explicit Agent(rt::AsioLoop& on, const std::string& address)
      : loop(on), feed(feed::make_grpc_agent_feed(on, choice, address)) {}
  void start(model::Slice held = {}) {
    feed->start(
        {.host = "node-1", .version = "9", .tunnel_address = "10.1.0.1", .bridge_mappings = {}, .started_at_ms = 1},
        std::move(held),
        {[this](const auto& whole, model::Revision at, const auto& names) {
           slice = *whole;
           revision = at;
           touched.push_back(names);
         },
         [this](bool up, const std::string& why) {
           connected = up;
           said.push_back(why);
         }});
  }
  void report_ports(model::PortStatus status) {
    feed::Report report;
    report.applied = revision;
    for (const auto& [name, item] : slice) {
      if (const auto* port = std::get_if<model::Port>(item.row.get())) report.ports[port->id] = status;
    }
    feed->report(report);
  }
  bool until(const std::function<bool()>& done) { return await(loop, done); }

  rt::AsioLoop& loop;
  rt::Seeded choice{3};
  std::unique_ptr<feed::AgentFeed> feed;
  model::Slice slice;
  model::Revision revision = 0;
  std::vector<std::set<model::SliceName>> touched;
  bool connected = false;
  std::vector<std::string> said;
};

}  // namespace tarn::server
