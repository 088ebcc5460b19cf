// OVN's: its databases and ovn-northd, and an ovn-controller on each of three hosts like ours.
#include <poll.h>
#include <signal.h>

#include "bare_hosts.h"
#include "gateway_world.h"
#include "guest_settings.h"
#include "ovn_programs.h"
#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr int host_count = 3;
constexpr rt::Duration active_within = 30s;
constexpr int poll_ms = 20;  // a switch tells no events
constexpr Mac door{{0xfa, 0x16, 0x3e, 0xee, 0x00, 0x01}};
constexpr Mac gateway_mac{{0xfa, 0x16, 0x3e, 0xee, 0x00, 0x02}};
constexpr Mac floating_mac{{0xfa, 0x16, 0x3e, 0xee, 0x00, 0x03}};
constexpr const char* gateway_address = "203.0.113.10";
constexpr const char* floating_address = "203.0.113.20";
constexpr const char* inner_gateway = "10.0.0.1";

class OvnGatewayWorld final : public GatewayWorld {
 public:
  OvnGatewayWorld(std::unique_ptr<BareHosts> bare, std::string name)
      : name_(std::move(name)), bare_(std::move(bare)), programs_(bare_->dir(), bare_->fabric_namespace()) {}
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::vector<sandbox::Host> hosts() const override { return bare_->hosts(); }
  [[nodiscard]] bool leaves_by_gateway() const override { return true; }

  Status build(std::optional<std::chrono::milliseconds> bfd_interval) {
    if (Status done = outside_.raise(layout()); !done) return done;
    if (Status done = programs_.start_central(); !done) return done;
    if (Status done = programs_.nbctl(joined_words(network_commands()), programs_.patience()); !done) return done;
    if (bfd_interval) {
      const std::string interval = std::to_string(bfd_interval->count());
      const Status done =
          programs_.nbctl({"set", "NB_Global", ".", "options:bfd-min-rx=" + interval, "options:bfd-min-tx=" + interval},
                          programs_.patience());
      if (!done) return done;
    }
    for (const sandbox::Host& host : hosts())
      if (Status done = programs_.start_agent(agent_of(host)); !done) return done;
    outside_.set_door(door);
    if (Status done = await_active(); !done) return done;
    for (const int host : {1, 2})
      if (Status done = boot(host); !done) return done;
    return {};
  }

  [[nodiscard]] Result<KnownAs> by_gateway() const override {
    return KnownAs{instances_.front(), Ip::parse(gateway_address).value()};
  }

  // At home where its instance is, as Neutron asks for it with distributed floating IPs.
  Result<KnownAs> add_floating() override {
    if (Status done = boot(1); !done) return std::unexpected(done.error());
    KnownAs known{instances_.back(), Ip::parse(floating_address).value()};
    instances_.pop_back();
    const Status named =
        programs_.nbctl({"--wait=hv", "lr-nat-add", "router", "dnat_and_snat", floating_address,
                         known.end.address.text(), BareHosts::port_name(known.end), floating_mac.text()},
                        programs_.patience());
    if (!named) return std::unexpected(named.error());
    if (Status heard = await_answer(known.end, outside().ends().front().address); !heard)
      return std::unexpected(heard.error());
    return known;
  }

  Status kill() override {
    const sandbox::Host host = hosts().at(gateway_host - 1);
    programs_.stop_agent(agent_of(host), SIGKILL);
    host.cut_power();
    return {};
  }
  Status start() override {
    const sandbox::Host host = hosts().at(gateway_host - 1);
    if (Status done = host.start_database(); !done) return done;
    if (Status done = host.start_switch(); !done) return done;
    return programs_.start_agent_again(agent_of(host));
  }

  // By what the hosts' provider switch has seen: its claim in the southbound database a host never gave up whose wires
  // alone were cut.
  Status await_active() override {
    const rt::Instant give_up = clock_.now() + active_within;
    const std::string wire = "p" + std::to_string(gateway_host);
    while (clock_.now() < give_up && !stop_asked()) {
      const auto seen =
          sandbox::must_run({"bridge", "-n", layout().fabric_namespace(), "fdb", "show", "brport", wire, "dynamic"});
      if (!seen) return std::unexpected(seen.error());
      if (seen->find(gateway_mac.text()) != std::string::npos) return {};
      poll(nullptr, 0, poll_ms);
    }
    return fail(ErrorCode::unavailable, name() + ": host 3 did not answer for the gateway again");
  }

 private:
  [[nodiscard]] const sandbox::Layout& layout() const override { return bare_->layout(); }
  [[nodiscard]] static OvnHost agent_of(const sandbox::Host& host) {
    return {host.name(), host.dir(), host.netns(), sandbox::Layout::tunnel_address(host.number()).text(),
            std::string(sandbox::physical_network) + ":" + sandbox::provider_bridge};
  }

  [[nodiscard]] std::vector<std::vector<std::string>> network_commands() const {
    const std::vector<OvnRouterPort> doors{
        {"bench", door.text(), std::string(inner_gateway) + "/16"},
        {"outside", gateway_mac.text(),
         std::string(gateway_address) + "/" + std::to_string(outside_.upstream().prefix_length)}};
    std::vector<std::vector<std::string>> commands{
        {"ls-add", "outside"},
        {"lsp-add", "outside", "wire"},
        {"lsp-set-type", "wire", "localnet"},
        {"lsp-set-addresses", "wire", "unknown"},
        {"lsp-set-options", "wire", std::string("network_name=") + sandbox::physical_network},
        router_words("router", doors),
        {"lr-route-add", "router", "0.0.0.0/0", outside_.upstream().address},
        {"lr-nat-add", "router", "snat", gateway_address, "10.0.0.0/16"}};
    for (const auto& [host, priority] : {std::pair(gateway_host, "30"), std::pair(1, "20"), std::pair(2, "10")})
      commands.push_back({"lrp-set-gateway-chassis", "router-outside", sandbox::Layout::host_name(host), priority});
    return commands;
  }

  Status boot(int host) {
    const Result<PathEnd> end = bare_->plug(host);
    if (!end) return std::unexpected(end.error());
    if (Status done = set_gateway(*end, Ip::parse(inner_gateway).value()); !done) return done;
    const OvnPort port{BareHosts::port_name(*end), end->mac.text() + " " + end->address.text()};
    if (Status done = programs_.add_ports({&port, 1}, programs_.patience()); !done) return done;
    if (Status done = programs_.await_ports({&port.name, 1}, "up=true", programs_.patience()); !done) return done;
    return take(*end);
  }

  std::string name_;
  rt::MachineClock clock_;
  std::unique_ptr<BareHosts> bare_;
  OvnPrograms programs_;  // ends before its switches
};

}  // namespace

Result<std::unique_ptr<GatewayWorld>> raise_ovn_gateways(std::optional<std::chrono::milliseconds> bfd_interval) {
  const std::string name = bfd_interval ? "OVN, BFD at " + std::to_string(bfd_interval->count()) + " ms" : "OVN";
  Result<std::unique_ptr<BareHosts>> bare =
      BareHosts::raise((bfd_interval ? "fast" : "gate") + std::to_string(getpid()), host_count);
  if (!bare) return std::unexpected(bare.error());
  auto world = std::make_unique<OvnGatewayWorld>(std::move(*bare), name);
  if (Status built = world->build(bfd_interval); !built) return std::unexpected(built.error());
  return world;
}

}  // namespace tarn::bench
