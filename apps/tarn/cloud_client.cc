#include "cloud_client.h"

#include <cstdlib>

#include "sandbox/sandbox.h"

namespace tarn::cli {

void add_api_options(CLI::App& command, Asked& asked) {
  command.add_option("--address", asked.address, "Address of the API")->capture_default_str();
  command.add_option("--port", asked.port, "Port of the API; otherwise the sandbox's");
}

api::HttpClient client_of(const Common& common, Asked& asked) {
  const Result<sandbox::Sandbox> cloud = sandbox::Sandbox::open(common.sandbox, common.root);
  if (asked.port == 0 && cloud) {
    asked.port = cloud->state().api_port;
    return cloud->api();
  }
  if (asked.port == 0) asked.port = 9696;
  api::HttpClient client(asked.address, asked.port);
  if (const char* token = std::getenv("OS_TOKEN"))
    client.carry([token = std::string(token)] { return api::Headers{{"X-Auth-Token", token}}; });
  return client;
}

}  // namespace tarn::cli
