#include "rule_trial.h"

#include <boost/json.hpp>

#include "change_trial.h"
#include "rule_clock.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int first_tcp_port = 2'000;  // a rule for each

class OwnRules final : public ChangeSide {
 public:
  explicit OwnRules(std::unique_ptr<BenchCloud> cloud) : cloud_(std::move(cloud)) {}
  [[nodiscard]] std::string name() const override { return "Tarn"; }
  [[nodiscard]] std::string switch_socket() const override { return cloud_->switch_socket(); }
  Status grow_to(int ports) override { return cloud_->wire_ports(ports - std::exchange(ports_, ports)); }

  Status add(int number) override {
    const int tcp_port = first_tcp_port + number;
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
  Status remove() override {
    const Result<json::value> gone = cloud_->sandbox().api().ask_api("DELETE", "/v2.0/security-group-rules/" + rule_);
    if (!gone) return std::unexpected(gone.error());
    return {};
  }

  Status settle(FlowWatch& watch) override { return bench::settle(*cloud_, watch); }

 private:
  std::unique_ptr<BenchCloud> cloud_;
  int ports_ = 0;
  std::string group_;
  std::string rule_;
};

class OvnRules final : public ChangeSide {
 public:
  explicit OvnRules(std::unique_ptr<OvnPeer> peer) : peer_(std::move(peer)) {}
  [[nodiscard]] std::string name() const override { return "OVN"; }
  [[nodiscard]] std::string switch_socket() const override { return peer_->lab().management_socket(); }
  Status grow_to(int ports) override {
    if (Status done = peer_->make_crowd(ports); !done) return done;
    return peer_->plug_crowd();
  }
  Status add(int number) override {
    match_ = "outport == @pg_default && ip4 && tcp.dst == " + std::to_string(first_tcp_port + number);
    return change("acl-add", {"allow-related"});
  }
  Status remove() override { return change("acl-del", {}); }
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

}  // namespace

Result<std::vector<Sheet>> measure_rules(const Settings& settings) {
  const ChangeWords words{"rule", "One rule more in a group of " + std::to_string(many_things) + " ports here", "port"};
  Result<std::vector<Contender>> contenders = raise_contenders(settings);
  if (!contenders) return std::unexpected(contenders.error());
  for (Contender& contender : *contenders) {
    if (Status done = gather(contender, words); !done) return std::unexpected(done.error());
  }
  for (int round = 0; round < settings.rounds; ++round) {
    tell("rules, round " + std::to_string(round + 1));
    for (Contender& contender : *contenders) {
      if (Status done = try_changes(contender, round); !done) return std::unexpected(done.error());
    }
  }
  std::vector<const Contender*> all;
  for (const Contender& contender : *contenders) all.push_back(&contender);
  return change_sheets(all, words);
}

}  // namespace tarn::bench
