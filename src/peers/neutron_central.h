// What Neutron runs beside its hosts: MariaDB, RabbitMQ and neutron-server, as Debian has them, in a namespace and a
// folder made for them; ended with this. The folder is on a disk, so that the database's promises cost what they cost.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "api/http_client.h"
#include "base/result.h"
#include "peers/namespaces.h"
#include "peers/neutron_config.h"

namespace tarn::peers {

class NeutronCentral {
 public:
  using StopAsked = std::function<bool()>;
  // Inside `place`. Ends early when `stop_asked` says so.
  // Errors: which program did not start and what it said last, or is not installed (tools/install-packages peers).
  static Result<std::unique_ptr<NeutronCentral>> raise(std::unique_ptr<Namespace> place, const NeutronServer& server,
                                                       const StopAsked& stop_asked);
  ~NeutronCentral();
  NeutronCentral(const NeutronCentral&) = delete;
  NeutronCentral& operator=(const NeutronCentral&) = delete;

  // As HttpClient::ask_api, in the central namespace.
  Result<boost::json::value> ask_api(const std::string& method, const std::string& target,
                                     const boost::json::value& body = nullptr) const;
  [[nodiscard]] const std::string& network_namespace() const { return place_->name(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  NeutronCentral(std::filesystem::path folder, std::unique_ptr<Namespace> place, StopAsked stop_asked)
      : folder_(std::move(folder)), place_(std::move(place)), stop_asked_(std::move(stop_asked)) {}
  Status start_database();
  Status start_queue();
  Status start_server(const NeutronServer& server);
  Status launch(const std::string& name, const sandbox::Argv& words) const;
  Status await(const std::string& name, const std::function<bool()>& ready) const;

  std::filesystem::path folder_;
  std::unique_ptr<Namespace> place_;
  StopAsked stop_asked_;
};

}  // namespace tarn::peers
