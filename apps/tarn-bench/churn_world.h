// A tenant and a hypervisor who never rest: each step makes, changes, plugs, unplugs or deletes something, or kills an
// agent, as a seed chooses. Remembers only what it made itself, so that all of it can be undone.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <vector>

#include "bench_cloud.h"
#include "rt/choice.h"

namespace tarn::bench {

struct StepCount {
  std::int64_t done = 0;
  std::int64_t refused = 0;  // by the API, as it should: still in use, gone already, there twice
};

class ChurnWorld {
 public:
  ChurnWorld(BenchCloud& cloud, std::uint64_t seed) : cloud_(cloud), choice_(seed) {}

  // What the steps need: a network with a second one beside it, limits that do not end them, a policy with rates.
  Status prepare();
  // Errors: an answer of the API that no step deserves; a host's tool that failed.
  Status step();
  // Deletes and unplugs all that it made, in an order that the seed chooses. Its agents all run afterwards.
  Status undo();
  Status heal();  // starts the agents that were killed

  [[nodiscard]] const std::map<std::string, StepCount>& counts() const { return counts_; }
  [[nodiscard]] std::size_t port_count() const { return ports_.size(); }

 private:
  struct Port {
    Plug plug;
    int host = 1;
    std::string network{};
    boost::json::array groups{};
  };
  using Move = Status (ChurnWorld::*)();
  struct Kind {
    const char* name;
    int weight;
    Move move;
  };
  static const std::vector<Kind>& kinds();

  Status make_port();
  Status change_port();
  Status delete_port();
  Status plug_port();
  Status unplug_port();
  Status make_group();
  Status rename_group();
  Status delete_group();
  Status make_rule();
  Status delete_rule();
  Status change_limits();
  Status make_network();
  Status delete_network();
  Status kill_agent();

  // The parsed answer; null where the API refused.
  Result<boost::json::value> ask(const std::string& method, const std::string& target,
                                 const boost::json::value& body = nullptr);
  Status change(const std::string& method, const std::string& target, const boost::json::value& body = nullptr);
  // The id of what was made; empty where the API refused.
  Result<std::string> make(const std::string& collection, boost::json::object wish);
  [[nodiscard]] std::size_t any(std::size_t count) { return choice_.below(static_cast<std::uint32_t>(count)); }
  [[nodiscard]] bool chance(std::uint32_t one_in) { return choice_.below(one_in) == 0; }
  boost::json::array some_groups();
  Status set_groups(Port& port, boost::json::array groups);
  Status set_plug(const Plug& plug, int host, bool on);

  BenchCloud& cloud_;
  rt::Seeded choice_;
  std::map<std::string, StepCount> counts_;
  StepCount* current_ = nullptr;

  std::vector<std::string> networks_, groups_, rules_;
  std::vector<Port> ports_, plugged_;  // an interface may outlive its port, and a port its interface
  std::string policy_, policy_rule_;
  std::uint64_t made_ = 0;  // for names and prefixes
};

}  // namespace tarn::bench
