// A real cloud with one host, whose callers a real Keystone knows, and whose address is in Keystone's catalog.
// Raised once for all tests of the program, and taken down with it.
#pragma once

#include "peers/keystone.h"
#include "sandbox/sandbox.h"
#include "support/temp_dir.h"

namespace tarn::test {

class KeystoneCloud {
 public:
  static KeystoneCloud& of_all_tests();
  ~KeystoneCloud();
  KeystoneCloud(const KeystoneCloud&) = delete;
  KeystoneCloud& operator=(const KeystoneCloud&) = delete;

  [[nodiscard]] std::string keystone_url() const;
  // The API as Keystone's administrator.
  [[nodiscard]] api::HttpClient api() const;
  // The default network outside of the cloud, for routers and floating IPs: "public", with a subnet of each family. Its
  // id. There are default subnet pools, too, as every installation for the clients' suites has them.
  [[nodiscard]] const std::string& public_network() const { return public_network_; }
  // A folder for one suite.
  [[nodiscard]] std::filesystem::path folder(const std::string& name) const;

 private:
  KeystoneCloud();
  void make_public_network();
  void make_default_pools();
  void await_agent();

  TempDir dir_;
  peers::Keystone keystone_{dir_.file("keystone")};
  std::optional<sandbox::Sandbox> sandbox_;
  std::string public_network_;
};

}  // namespace tarn::test
