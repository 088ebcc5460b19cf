#include "options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <iostream>
#include <tuple>

namespace tarn::agent {
namespace {

std::string this_host() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

// "physnet1:br-provider"
Status add_mapping(const std::string& text, std::map<std::string, std::string>& mappings) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
    return fail(ErrorCode::invalid, "--bridge-mapping wants PHYSICAL_NETWORK:BRIDGE, not '" + text + "'");
  }
  mappings[text.substr(0, colon)] = text.substr(colon + 1);
  return {};
}

struct ExportWords {
  std::vector<std::string> ipfix;
  std::vector<std::string> sflow;
};

void add_export_options(CLI::App& app, ExportWords& words, render::NodeConfig& node) {
  const CLI::Range sampling(std::int64_t{1}, std::int64_t{4'294'967'295});  // ovs-vswitchd.conf.db(5)
  CLI::Option* ipfix = app.add_option("--ipfix-collector", words.ipfix,
                                      "ADDRESS:PORT to tell what flows on the integration bridge, repeatable");
  app.add_option("--ipfix-sampling", node.ipfix.sampling, "One packet of so many")
      ->check(sampling)
      ->needs(ipfix)
      ->capture_default_str();
  CLI::Option* sflow = app.add_option("--sflow-collector", words.sflow, "The same by sFlow");
  app.add_option("--sflow-sampling", node.sflow.sampling, "One packet of so many")
      ->check(sampling)
      ->needs(sflow)
      ->capture_default_str();
}

void add_record_options(CLI::App& app, Options& options) {
  // OpenFlow's meters count in 32 bits.
  const CLI::Range number(std::int64_t{1}, std::int64_t{4'294'967'295});
  app.add_option("--security-log", options.security_log,
                 "File for the records of what security groups let through and what not; none: this agent's own log");
  app.add_option("--security-log-rate", options.node.records_rate, "Packets recorded in a second at most")
      ->check(number)
      ->capture_default_str();
  app.add_option("--security-log-burst", options.node.records_burst, "Of them at once")
      ->check(number)
      ->capture_default_str();
}

struct BgpWords {
  std::string folder;
  std::string router_id;
};

void add_bgp_options(CLI::App& app, BgpWords& words) {
  CLI::Option* folder = app.add_option("--bgp-vty", words.folder,
                                       "Folder with the socket bgpd.vty of FRR's bgpd, which announces what the cloud "
                                       "wishes; none: this node announces nothing");
  app.add_option("--bgp-router-id", words.router_id, "Of this node, an IPv4 address; else the tunnel address")
      ->needs(folder);
}

Status add_collectors(const std::string& option, const std::vector<std::string>& words, render::ExportConfig& config) {
  for (const std::string& word : words) {
    Result<std::string> collector = domain::FlowExport::collector(word);
    if (!collector) return fail(ErrorCode::invalid, option + ": " + collector.error().message);
    config.collectors.insert(std::move(*collector));
  }
  return {};
}

Status take_tunnel_address(const std::string& text, render::NodeConfig& node) {
  if (text.empty()) return {};
  const Result<Ip> address = Ip::parse(text);
  if (!address) return fail(ErrorCode::invalid, "--tunnel-address: " + address.error().message);
  node.tunnel_address = *address;
  return {};
}

// After the tunnel address is known.
Status take_bgp(const BgpWords& words, Options& options) {
  if (words.folder.empty()) return {};
  options.bgp_socket = words.folder + "/bgpd.vty";
  options.node.bgp_router_id = options.node.tunnel_address;
  if (!words.router_id.empty()) {
    const Result<Ip> id = Ip::parse(words.router_id);
    if (!id) return fail(ErrorCode::invalid, "--bgp-router-id: " + id.error().message);
    options.node.bgp_router_id = *id;
  }
  const std::optional<Ip>& id = options.node.bgp_router_id;
  if (id && id->is_v4() && !id->is_zero()) return {};
  return fail(ErrorCode::invalid, "--bgp-vty needs a --bgp-router-id that is an IPv4 address");
}

// What is more than one word of the command line.
struct Words {
  std::string tunnel_address;
  std::vector<std::string> mappings;
  ExportWords exports;
  BgpWords bgp;
};

Status take_words(const Words& words, Options& options) {
  for (const std::string& mapping : words.mappings)
    if (Status added = add_mapping(mapping, options.node.bridge_mappings); !added) return added;
  for (const auto& [option, collectors, config] :
       {std::tuple("--ipfix-collector", &words.exports.ipfix, &options.node.ipfix),
        {"--sflow-collector", &words.exports.sflow, &options.node.sflow}})
    if (Status added = add_collectors(option, *collectors, *config); !added) return added;
  if (Status taken = take_tunnel_address(words.tunnel_address, options.node); !taken) return taken;
  return take_bgp(words.bgp, options);
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  Options options;
  options.node.host = this_host();
  Words words;
  CLI::App app("Keeps this node's switch as the cloud wants it. Killing it never touches traffic.", "tarn-agent");
  app.set_version_flag("--version", TARN_VERSION);
  app.add_option("--host", options.node.host, "Name of this node, as ports are bound to it")->capture_default_str();
  app.add_option("--feed", options.feed, "The servers' feed: unix:PATH or ADDRESS:PORT")->required();
  app.add_option("--ovs-rundir", options.ovs_rundir, "Where Open vSwitch keeps db.sock and its bridges' sockets")
      ->default_val("/run/openvswitch");
  app.add_option("--state-dir", options.state_dir, "Where the journal is kept")->default_val("/var/lib/tarn-agent");
  app.add_option("--control", options.control, "Socket for `tarn agent`; otherwise agent.sock in the state folder");
  app.add_option("--tunnel-address", words.tunnel_address, "This node's address on the underlay; none: no tunnels");
  app.add_option("--bridge-mapping", words.mappings, "PHYSICAL_NETWORK:BRIDGE, repeatable");
  app.add_option("--integration-bridge", options.node.integration_bridge)->capture_default_str();
  app.add_option("--datapath-type", options.node.datapath_type, "Of the integration bridge, when it must be made")
      ->check(CLI::IsMember({"system", "netdev"}))
      ->capture_default_str();
  CLI::Option* services =
      app.add_option("--metadata-interface", options.node.service_interface,
                     "Interface behind which this node's tarn-metadata answers instances; none: nobody does");
  app.add_flag("--names", options.node.names, "Behind it tarn-names answers for names: instances are told so")
      ->needs(services);
  add_export_options(app, words.exports, options.node);
  add_record_options(app, options);
  add_bgp_options(app, words.bgp);
  app.add_option("--log-level", options.log_level)->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  app.add_flag("--forbid-writes", options.forbid_writes, "Look and plan, but change nothing on this node");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    return std::nullopt;
  }
  exit_code = EXIT_FAILURE;
  if (const Status taken = take_words(words, options); !taken) {
    std::cerr << "tarn-agent: " << taken.error().message << '\n';
    return std::nullopt;
  }
  if (options.control.empty()) options.control = options.state_dir + "/agent.sock";
  return options;
}

}  // namespace tarn::agent
