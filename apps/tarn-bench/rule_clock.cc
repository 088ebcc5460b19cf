#include "rule_clock.h"

#include <boost/json.hpp>

#include "flow_watch.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int first_tcp_port = 20'000;

Result<double> time_rule(const BenchCloud& cloud, const json::object& wish, FlowWatch& watch) {
  if (auto before = watch.take_changes(); !before) return std::unexpected(before.error());
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  const Result<json::value> made =
      cloud.sandbox().api().ask_api("POST", "/v2.0/security-group-rules", json::object{{"security_group_rule", wish}});
  if (!made) return std::unexpected(made.error());
  if (Status changed = watch.await_change(); !changed) return std::unexpected(changed.error());
  const Result<FlowChanges> in = watch.take_changes();
  if (!in) return std::unexpected(in.error());
  const std::string id = json::value_to<std::string>(made->at("security_group_rule").at("id"));
  if (auto gone = cloud.sandbox().api().ask_api("DELETE", "/v2.0/security-group-rules/" + id); !gone) {
    return std::unexpected(gone.error());
  }
  if (Status changed = watch.await_change(); !changed) return std::unexpected(changed.error());
  return ms(*in->last - begin);
}

}  // namespace

Result<std::vector<double>> time_rules(const BenchCloud& cloud, const std::string& group, int count) {
  const Result<std::unique_ptr<FlowWatch>> watch = FlowWatch::start(cloud.switch_socket());
  if (!watch) return std::unexpected(watch.error());
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    const int port = first_tcp_port + i;
    const json::object wish{{"security_group_id", group}, {"direction", "ingress"}, {"ethertype", "IPv4"},
                            {"protocol", "tcp"},          {"port_range_min", port}, {"port_range_max", port}};
    const Result<double> took = time_rule(cloud, wish, **watch);
    if (!took) return std::unexpected(took.error());
    times.push_back(*took);
  }
  return times;
}

Result<std::string> default_group(const BenchCloud& cloud) {
  const Result<json::value> found = cloud.sandbox().api().ask_api("GET", "/v2.0/ports?fields=security_groups&limit=1");
  if (!found) return std::unexpected(found.error());
  const json::array& ports = found->at("ports").as_array();
  if (ports.empty() || ports.front().at("security_groups").as_array().empty()) {
    return fail(ErrorCode::not_found, "no port has a security group");
  }
  return json::value_to<std::string>(ports.front().at("security_groups").at(0));
}

}  // namespace tarn::bench
