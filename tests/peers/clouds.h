// Neutron and Tarn with the same Keystone, users and physical networks, in one namespace, which the thread that makes
// this enters. Raised once for all tests of the program: that takes two minutes.
#pragma once

#include <memory>

#include "peers/keystone.h"
#include "peers/neutron_central.h"
#include "server/process.h"
#include "support/temp_dir.h"

namespace tarn::test {

enum class Persona : std::uint8_t { root, alice, bob, reader };  // bob is of another project than alice and the reader
inline constexpr std::array<const char*, 4> persona_names{"root", "alice", "bob", "reader"};

class Clouds {
 public:
  static Clouds& of_all_tests();

  [[nodiscard]] api::HttpClient tarn(Persona who) const { return client_at(tarn_->port(), who); }
  [[nodiscard]] api::HttpClient client_at(std::uint16_t port, Persona who) const;
  [[nodiscard]] api::HttpClient neutron(Persona who) const { return client_at(peers::neutron_api_port, who); }
  // The last error that Neutron logged: a peer's 500 says no reason.
  [[nodiscard]] std::string neutron_error() const;
  // Another tarn-server, with nothing in it.
  [[nodiscard]] std::unique_ptr<server::ServerProcess> empty_tarn(const std::string& name) const;
  // Where a persona works, the same of both.
  [[nodiscard]] std::string project_of(Persona who) const;

 private:
  Clouds();

  TempDir dir_;
  std::unique_ptr<peers::Namespace> place_;
  std::optional<peers::Visit> visit_;
  std::optional<peers::Keystone> keystone_;
  std::array<std::shared_ptr<identity::PasswordLogin>, persona_names.size()> logins_;
  std::unique_ptr<peers::NeutronCentral> neutron_;
  std::unique_ptr<server::ServerProcess> tarn_;
};

}  // namespace tarn::test
