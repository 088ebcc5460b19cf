// What Neutron runs beside its hosts: MariaDB, RabbitMQ and neutron-server, as Debian has them, in a namespace and a
// folder made for them; ended with it. The folder is on a disk, so that the database's promises cost what they cost.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "api/http_client.h"
#include "base/result.h"
#include "sandbox/process.h"

namespace tarn::bench {

class NeutronCentral {
 public:
  // `network_namespace` is the name of the one that it makes.
  // Errors: which program did not start and what it said last, or is not installed (tools/install-packages peers).
  static Result<std::unique_ptr<NeutronCentral>> raise(const std::string& network_namespace);
  ~NeutronCentral();
  NeutronCentral(const NeutronCentral&) = delete;
  NeutronCentral& operator=(const NeutronCentral&) = delete;

  // As HttpClient::ask_api, in the central namespace.
  Result<boost::json::value> ask_api(const std::string& method, const std::string& target,
                                     const boost::json::value& body = nullptr) const;
  [[nodiscard]] double cpu_s() const;
  [[nodiscard]] const std::string& network_namespace() const { return namespace_; }

 private:
  NeutronCentral(std::filesystem::path folder, std::string network_namespace)
      : folder_(std::move(folder)), namespace_(std::move(network_namespace)) {}
  Status start();
  Status start_database();
  Status start_queue();
  Status start_server();
  Status launch(const std::string& name, const sandbox::Argv& words) const;

  std::filesystem::path folder_;
  std::string namespace_;
};

}  // namespace tarn::bench
