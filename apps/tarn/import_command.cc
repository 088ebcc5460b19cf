// tarn import: what a running Neutron has, written here with the same ids, numbers and addresses.
#include <boost/json.hpp>
#include <cstdlib>

#include "cloud_client.h"
#include "migrate/import.h"
#include "screen.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

// "http://127.0.0.1:9696": an address and a port. Neutron behind TLS is reached by a proxy that ends it.
Result<api::HttpClient> neutron_at(const std::string& url) {
  static constexpr std::string_view scheme = "http://";
  const std::string rest = url.starts_with(scheme) ? url.substr(scheme.size()) : "";
  const std::size_t colon = rest.rfind(':');
  const std::string digits = colon == std::string::npos ? "" : rest.substr(colon + 1, rest.find('/') - colon - 1);
  const bool good = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos && digits.size() < 6;
  if (!good) return fail(ErrorCode::invalid, "--from-neutron " + url + " is not http://ADDRESS:PORT");
  api::HttpClient client(rest.substr(0, colon), static_cast<std::uint16_t>(std::stoul(digits)),
                         std::chrono::minutes(5));
  if (const char* token = std::getenv("NEUTRON_TOKEN"))
    client.carry([token = std::string(token)] { return api::Headers{{"X-Auth-Token", token}}; });
  return client;
}

void show(const Screen& screen, const migrate::Imported& imported) {
  if (screen.json()) {
    json::array left;
    for (const std::string& each : imported.left) left.emplace_back(each);
    for (const std::string& each : imported.strange) left.emplace_back("everything of the extension " + each);
    screen.value({{"rows", imported.rows}, {"changed", imported.changed}, {"left", std::move(left)}});
    return;
  }
  screen.line(std::to_string(imported.rows) + " rows carried, " + std::to_string(imported.changed) +
              " of them new or changed here");
  for (const std::string& each : imported.left) screen.line("not carried: " + each);
  for (const std::string& each : imported.strange) screen.line("not carried: everything of the extension " + each);
}

int import(const Common& common, Asked asked, const std::string& url) {
  const Screen screen(common.json);
  const Result<api::HttpClient> neutron = neutron_at(url);
  if (!neutron) return screen.failed(neutron.error());
  const api::HttpClient tarn = client_of(common, asked);
  const auto imported = migrate::import_neutron(
      [&](const std::string& target) { return neutron->ask_api("GET", target); },
      [&](const json::value& body) { return tarn.ask_api("POST", "/v2.0/adopted-rows", body); });
  if (!imported) return screen.failed(imported.error());
  show(screen, *imported);
  return EXIT_SUCCESS;
}

}  // namespace

void add_import_command(CLI::App& app, Common& common) {
  auto asked = std::make_shared<Asked>();
  auto url = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("import", "Carry a running Neutron's networks over, ids and addresses and all");
  command
      ->add_option("--from-neutron", *url,
                   "http://ADDRESS:PORT of Neutron; the token of its administrator in NEUTRON_TOKEN")
      ->required();
  add_api_options(*command, *asked);
  command->callback([&common, asked, url] { common.exit_code = import(common, *asked, *url); });
}

}  // namespace tarn::cli
