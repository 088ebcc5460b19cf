// Hosts wired like the sandbox's own (Open vSwitch, underlay bridge, tunnel address) but without agent and server: the
// ground for plain switching and for peers, so that only what programs br-int differs. Ended with it.
#pragma once

#include <memory>
#include <vector>

#include "path_side.h"

namespace tarn::bench {

class BareHosts {
 public:
  // `name`: of its namespaces. Errors: which part did not start.
  static Result<std::unique_ptr<BareHosts>> raise(const std::string& name, int hosts);
  ~BareHosts();
  BareHosts(const BareHosts&) = delete;
  BareHosts& operator=(const BareHosts&) = delete;

  [[nodiscard]] const std::filesystem::path& dir() const { return folder_; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const;
  [[nodiscard]] const sandbox::Layout& layout() const { return layout_; }
  [[nodiscard]] std::string fabric_namespace() const { return layout_.fabric_namespace(); }
  // A new instance, plugged into br-int of that host under the name "pN", with an address of 10.0.0.0/16.
  Result<PathEnd> plug(int host);
  // Gives it another address instead, with a prefix of that length.
  static Status readdress(PathEnd& end, const Ip& address, int length);
  [[nodiscard]] static std::string port_name(const PathEnd& end) { return "p" + std::to_string(end.number); }

 private:
  BareHosts(std::filesystem::path folder, const std::string& name);
  Status start(int hosts);

  std::filesystem::path folder_;
  sandbox::Layout layout_;
  int hosts_ = 0;
  std::uint32_t instances_ = 0;
};

}  // namespace tarn::bench
