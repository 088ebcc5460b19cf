#include "domain/bridge.h"

#include "base/hash.h"

namespace tarn::domain {
namespace {

std::string_view datapath(const std::string& type) {
  return type.empty() ? std::string_view("system") : type;
}

}  // namespace

std::uint64_t Bridge::group(const Key& key, const Spec&) {
  return ContentHash().add(key).value();
}
std::uint64_t Bridge::group(const Key& key, const Seen&) {
  return ContentHash().add(key).value();
}

std::vector<std::string> Bridge::remarks(const Key& key, const Spec& want, const Seen& have) {
  std::vector<std::string> remarks;
  if (datapath(want.datapath_type) != datapath(have.datapath_type)) {
    remarks.push_back("bridge " + key + " has the datapath type '" + std::string(datapath(have.datapath_type)) +
                      "', wanted is '" + std::string(datapath(want.datapath_type)) + "'");
  }
  if (want.fail_mode != have.fail_mode) {
    remarks.push_back("bridge " + key + " has the fail mode '" + have.fail_mode + "', wanted is '" + want.fail_mode +
                      "'");
  }
  if (have.has_controller) {
    remarks.push_back("bridge " + key + " has a controller; Open vSwitch drops its flows when that is removed");
  }
  return remarks;
}

}  // namespace tarn::domain
