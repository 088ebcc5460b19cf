#include "world_outside.h"

#include <boost/json.hpp>

#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

// What `ip` tells of one thing. Errors: it tells nothing.
Result<json::value> told_by_ip(const std::string& network_namespace, std::vector<std::string> words) {
  words.insert(words.begin(), "-j");
  const Result<std::string> told = sandbox::must_run(sandbox::ip_in(network_namespace, words));
  if (!told) return std::unexpected(told.error());
  const json::value all = json::parse(*told);
  if (all.as_array().empty()) return fail(ErrorCode::not_found, "ip tells nothing of " + words.back());
  return all.at(0);
}

Result<Mac> mac_at(const Result<json::value>& told, const char* key) {
  if (!told) return std::unexpected(told.error());
  const json::value* mac = told->as_object().if_contains(key);
  if (mac == nullptr) return fail(ErrorCode::not_found, "nobody answered");
  return Mac::parse(json::value_to<std::string>(*mac));
}

}  // namespace

WorldOutside::~WorldOutside() {
  if (!network_namespace_.empty()) static_cast<void>(sandbox::remove_namespace(network_namespace_));
}

Status WorldOutside::raise(const sandbox::Layout& layout) {
  network_namespace_ = upstream_.netns(layout);
  if (Status done = sandbox::raise_upstream(layout, upstream_); !done) return done;
  const Result<Mac> mac = mac_at(told_by_ip(network_namespace_, {"link", "show", upstream_.interface()}), "address");
  if (!mac) return std::unexpected(mac.error());
  for (const std::string& address : {upstream_.internet, upstream_.address})
    ends_.push_back({network_namespace_, *mac, Ip::parse(address).value()});
  return {};
}

void WorldOutside::set_door(const Mac& door) {
  for (PathEnd& end : ends_) end.router = door;
}

Result<Mac> WorldOutside::answers_for(const Ip& address) const {
  return mac_at(told_by_ip(network_namespace_, {"neigh", "show", "to", address.text()}), "lladdr");
}

}  // namespace tarn::bench
