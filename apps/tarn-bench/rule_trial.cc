#include "rule_trial.h"

#include <boost/json.hpp>

#include "bench_cloud.h"
#include "flow_watch.h"
#include "ovn_peer.h"
#include "rt/machine_clock.h"
#include "rule_clock.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int few_ports = 100;
constexpr int many_ports = 1'000;
constexpr int rules_per_round = 10;
constexpr int first_tcp_port = 2'000;  // a rule for each

// A rule that comes and goes again, each time until the switch has told of the last flow.
struct RuleFigures {
  std::int64_t flows_of_few = 0;
  std::int64_t flows_of_many = 0;
  std::vector<double> answered_ms;  // of the additions
  std::vector<double> added_ms, removed_ms;
  std::vector<double> flows_added, flows_removed;
};

// Whoever changes rules on one host, and returns once the switch has been given what follows from it.
class RuleSide {
 public:
  virtual ~RuleSide() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string switch_socket() const = 0;
  virtual Status grow_to(int ports) = 0;
  // Both return once whoever asked has been answered.
  virtual Status add_rule(int tcp_port) = 0;
  virtual Status remove_rule() = 0;
  // Waits until no flow is left to change.
  virtual Status settle(FlowWatch& watch) = 0;
};

class OwnRules final : public RuleSide {
 public:
  explicit OwnRules(std::unique_ptr<BenchCloud> cloud) : cloud_(std::move(cloud)) {}
  [[nodiscard]] std::string name() const override { return "Tarn"; }
  [[nodiscard]] std::string switch_socket() const override { return cloud_->switch_socket(); }
  Status grow_to(int ports) override { return cloud_->wire_ports(ports - std::exchange(ports_, ports)); }

  Status add_rule(int tcp_port) override {
    if (group_.empty()) {
      const Result<std::string> found = default_group(*cloud_);
      if (!found) return std::unexpected(found.error());
      group_ = *found;
    }
    const json::object wish{{"security_group_id", group_}, {"direction", "ingress"},     {"ethertype", "IPv4"},
                            {"protocol", "tcp"},           {"port_range_min", tcp_port}, {"port_range_max", tcp_port}};
    const Result<json::value> made = cloud_->sandbox().api().ask_api("POST", "/v2.0/security-group-rules",
                                                                     json::object{{"security_group_rule", wish}});
    if (!made) return std::unexpected(made.error());
    rule_ = json::value_to<std::string>(made->at("security_group_rule").at("id"));
    return {};
  }
  Status remove_rule() override {
    const Result<json::value> gone = cloud_->sandbox().api().ask_api("DELETE", "/v2.0/security-group-rules/" + rule_);
    if (!gone) return std::unexpected(gone.error());
    return {};
  }

  // The agent hears of it on its own time: it rests before it has begun.
  Status settle(FlowWatch& watch) override {
    if (Status changed = watch.await_change(); !changed) return changed;
    if (auto rests = cloud_->ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
    return {};
  }

 private:
  std::unique_ptr<BenchCloud> cloud_;
  int ports_ = 0;
  std::string group_;
  std::string rule_;
};

class OvnRules final : public RuleSide {
 public:
  explicit OvnRules(std::unique_ptr<OvnPeer> peer) : peer_(std::move(peer)) {}
  [[nodiscard]] std::string name() const override { return "OVN"; }
  [[nodiscard]] std::string switch_socket() const override { return peer_->lab().management_socket(); }
  Status grow_to(int ports) override {
    if (Status done = peer_->make_crowd(ports); !done) return done;
    return peer_->plug_crowd();
  }
  Status add_rule(int tcp_port) override {
    match_ = "outport == @pg_default && ip4 && tcp.dst == " + std::to_string(tcp_port);
    return change("acl-add", {"allow-related"});
  }
  Status remove_rule() override { return change("acl-del", {}); }
  // The answer is ovn-controller's word that the switch has confirmed all.
  Status settle(FlowWatch&) override { return {}; }

 private:
  Status change(const std::string& verb, const std::vector<std::string>& more) const {
    std::vector<std::string> words{"--wait=hv", "--type=port-group", verb, "pg_default", "to-lport", "1002", match_};
    words.insert(words.end(), more.begin(), more.end());
    return peer_->programs().nbctl(std::move(words), peer_->programs().patience());
  }

  std::unique_ptr<OvnPeer> peer_;
  std::string match_;
};

struct Contender {
  std::unique_ptr<RuleSide> side;
  std::unique_ptr<FlowWatch> watch;
  RuleFigures figures;
};

Result<std::vector<Contender>> raise_contenders(const Settings& settings) {
  std::vector<Contender> contenders;
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  contenders.push_back({std::make_unique<OwnRules>(std::move(*cloud)), nullptr, {}});
  if (!settings.vs_ovn) return contenders;
  Result<std::unique_ptr<OvnPeer>> peer = OvnPeer::raise(SwitchLab::Instances::none);
  if (!peer) return std::unexpected(peer.error());
  contenders.push_back({std::make_unique<OvnRules>(std::move(*peer)), nullptr, {}});
  return contenders;
}

Status gather(Contender& contender) {
  const auto grow = [&](int ports, std::int64_t& flows) -> Status {
    tell(contender.side->name() + ": " + std::to_string(ports) + " ports");
    if (Status done = contender.side->grow_to(ports); !done) return done;
    const Result<std::int64_t> counted = flow_count(contender.side->switch_socket());
    if (!counted) return std::unexpected(counted.error());
    flows = *counted;
    return {};
  };
  if (Status done = grow(few_ports, contender.figures.flows_of_few); !done) return done;
  if (Status done = grow(many_ports, contender.figures.flows_of_many); !done) return done;
  Result<std::unique_ptr<FlowWatch>> watch = FlowWatch::start(contender.side->switch_socket());
  if (!watch) return std::unexpected(watch.error());
  contender.watch = std::move(*watch);
  return {};
}

struct Change {
  double answered_ms = 0;
  double last_flow_ms = 0;
  double flows = 0;
};
Result<Change> time_change(Contender& contender, const std::function<Status()>& ask) {
  FlowWatch& watch = *contender.watch;
  if (auto before = watch.take_changes(); !before) return std::unexpected(before.error());
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  if (Status done = ask(); !done) return std::unexpected(done.error());
  const rt::Instant answered = clock.now();
  if (Status done = contender.side->settle(watch); !done) return std::unexpected(done.error());
  const Result<FlowChanges> changes = watch.take_changes();
  if (!changes) return std::unexpected(changes.error());
  if (!changes->last) return fail(ErrorCode::unavailable, "a rule changed no flow");
  return Change{ms(answered - begin), ms(*changes->last - begin), static_cast<double>(changes->all())};
}

Status try_rules(Contender& contender, int round) {
  RuleFigures& figures = contender.figures;
  for (int i = 0; i < rules_per_round; ++i) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    const int tcp_port = first_tcp_port + round * rules_per_round + i;
    const Result<Change> added = time_change(contender, [&] { return contender.side->add_rule(tcp_port); });
    if (!added) return std::unexpected(added.error());
    const Result<Change> removed = time_change(contender, [&] { return contender.side->remove_rule(); });
    if (!removed) return std::unexpected(removed.error());
    figures.answered_ms.push_back(added->answered_ms);
    figures.added_ms.push_back(added->last_flow_ms);
    figures.flows_added.push_back(added->flows);
    figures.removed_ms.push_back(removed->last_flow_ms);
    figures.flows_removed.push_back(removed->flows);
  }
  return {};
}

std::vector<Cell> flows_row(const Contender& contender) {
  const RuleFigures& figures = contender.figures;
  const auto more = static_cast<double>(figures.flows_of_many - figures.flows_of_few);
  return {contender.side->name(), figures.flows_of_few, figures.flows_of_many, more / (many_ports - few_ports)};
}

std::vector<Cell> rule_row(const Contender& contender, const Contender& ours) {
  const RuleFigures& figures = contender.figures;
  const Spread added = spread_of(figures.added_ms);
  return {contender.side->name(),
          spread_of(figures.answered_ms),
          added,
          quantile_of(figures.added_ms, 0.99),
          added.median / spread_of(ours.figures.added_ms).median,
          spread_of(figures.flows_added),
          spread_of(figures.removed_ms),
          spread_of(figures.flows_removed)};
}

}  // namespace

Result<std::vector<Sheet>> measure_rules(const Settings& settings) {
  Result<std::vector<Contender>> contenders = raise_contenders(settings);
  if (!contenders) return std::unexpected(contenders.error());
  for (Contender& contender : *contenders) {
    if (Status done = gather(contender); !done) return std::unexpected(done.error());
  }
  for (int round = 0; round < settings.rounds; ++round) {
    tell("rules, round " + std::to_string(round + 1));
    for (Contender& contender : *contenders) {
      if (Status done = try_rules(contender, round); !done) return std::unexpected(done.error());
    }
  }
  Sheet flows{"port_flows",
              "Flows of a host with few and with many ports",
              {{"side", "side"},
               {"flows_of_few", std::to_string(few_ports) + " ports"},
               {"flows_of_many", std::to_string(many_ports) + " ports"},
               {"flows_per_port", "flows per port"}},
              {}};
  Sheet rules{"rules",
              "One rule more in a group of " + std::to_string(many_ports) + " ports here, until its last flow is in; " +
                  "median (least to most) of " + std::to_string(settings.rounds * rules_per_round),
              {{"side", "side"},
               {"answered_ms", "asked to answered ms"},
               {"added_ms", "to last flow ms"},
               {"added_p99_ms", "p99 ms"},
               {"times", "times ours"},
               {"flows_added", "flows changed"},
               {"removed_ms", "removed: to last flow ms"},
               {"flows_removed", "flows changed"}},
              {}};
  for (const Contender& contender : *contenders) {
    flows.rows.push_back(flows_row(contender));
    rules.rows.push_back(rule_row(contender, contenders->front()));
  }
  return std::vector<Sheet>{std::move(flows), std::move(rules)};
}

}  // namespace tarn::bench
