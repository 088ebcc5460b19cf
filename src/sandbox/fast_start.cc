#include "sandbox/fast_start.h"

#include <poll.h>

#include <algorithm>
#include <boost/json.hpp>

#include "rt/machine_clock.h"
#include "sandbox/tap.h"
#include "wire/dhcp/client4.h"

namespace tarn::sandbox {
namespace {

namespace dhcp = wire::dhcp;
namespace json = boost::json;

constexpr const char* device = "fast-start";
// A client repeats its question after some four seconds (RFC 2131 section 4.1): an answer after that is to the second.
constexpr rt::Duration offer_within = std::chrono::seconds(3);
constexpr int poll_ms = 1;  // the API tells no events

struct Starting {
  std::string network_id;
  std::string port_id;
  std::string mac;
  std::string address;
  std::optional<Tap> tap;
  rt::Instant plugged;
  std::vector<rt::Instant> said;  // each DISCOVER; its place is its transaction
  FastStart result;

  [[nodiscard]] std::string interface() const { return "tap" + port_id.substr(0, 11); }
};

Result<json::value> created(const Sandbox& sandbox, const std::string& kind, json::object wish) {
  Result<json::value> answer =
      sandbox.api().ask_api("POST", "/v2.0/" + kind + "s", json::object{{kind, std::move(wish)}});
  if (!answer) return answer;
  return answer->at(kind);
}

Status make_port(const Sandbox& sandbox, int host, Starting& starting) {
  const Result<json::value> network = created(sandbox, "network", {{"name", device}});
  if (!network) return std::unexpected(network.error());
  starting.network_id = json::value_to<std::string>(network->at("id"));
  const Result<json::value> subnet =
      created(sandbox, "subnet", {{"network_id", starting.network_id}, {"ip_version", 4}, {"cidr", "10.9.0.0/24"}});
  if (!subnet) return std::unexpected(subnet.error());
  const Result<json::value> port = created(sandbox, "port",
                                           {{"network_id", starting.network_id},
                                            {"device_id", device},
                                            {"device_owner", "compute:nova"},
                                            {"binding:host_id", Layout::host_name(host)}});
  if (!port) return std::unexpected(port.error());
  starting.port_id = json::value_to<std::string>(port->at("id"));
  starting.mac = json::value_to<std::string>(port->at("mac_address"));
  starting.address = json::value_to<std::string>(port->at("fixed_ips").at(0).at("ip_address"));
  return {};
}

Status plug_tap(const Host& host, FirstWord word, Starting& starting) {
  Result<Tap> tap = Tap::make(host.netns(), starting.interface());
  if (!tap) return std::unexpected(tap.error());
  starting.tap = std::move(*tap);
  Argv words = plug_words(starting.interface(), starting.port_id, starting.mac);
  // Until then the interface is in the database only, and nobody could hear what the instance says.
  if (word == FirstWord::once_active) words.insert(words.begin(), "--no-wait");
  if (const Result<std::string> done = must_run(host.vsctl(std::move(words))); !done) {
    return std::unexpected(done.error());
  }
  return {};
}

Status say_discover(Starting& starting, const rt::Clock& clock) {
  const auto transaction = static_cast<std::uint32_t>(starting.said.size());
  starting.said.push_back(clock.now());
  return starting.tap->send(dhcp::discover4(*Mac::parse(starting.mac), transaction));
}

void hear(Starting& starting, const rt::Clock& clock) {
  while (const std::optional<Bytes> frame = starting.tap->receive()) {
    const std::optional<dhcp::Message4> offer = dhcp::offer4(*frame);
    if (!offer || offer->yours.text() != starting.address || offer->transaction >= starting.said.size()) continue;
    std::optional<rt::Duration>& heard =
        offer->transaction == 0 ? starting.result.offered : starting.result.offered_again;
    if (!heard) heard = clock.now() - starting.said[offer->transaction];
  }
}

Status note_active(const Sandbox& sandbox, std::vector<Starting>& all, const rt::Clock& clock) {
  const Result<json::value> answer =
      sandbox.api().ask_api("GET", std::string("/v2.0/ports?fields=id&status=ACTIVE&device_id=") + device);
  if (!answer) return std::unexpected(answer.error());
  const rt::Instant now = clock.now();
  for (const json::value& port : answer->at("ports").as_array()) {
    const auto found = std::ranges::find(all, json::value_to<std::string>(port.at("id")), &Starting::port_id);
    if (found != all.end() && !found->result.active) found->result.active = now - found->plugged;
  }
  return {};
}

bool is_answered(const Starting& starting) {
  return starting.result.offered || starting.result.offered_again;
}

// Whether it is this one's turn to speak: the first time, and once more when it was not heard before it was ACTIVE.
bool may_speak(const Starting& starting) {
  if (!starting.result.active || is_answered(starting)) return false;
  return starting.said.empty() || starting.said.back() < starting.plugged + *starting.result.active;
}

bool is_over(const Starting& starting, const StartWish& wish, rt::Instant now) {
  if (!starting.result.active) return now - starting.plugged > wish.patience;
  return is_answered(starting) || (!may_speak(starting) && now - starting.said.back() > offer_within);
}

void wait_for_frames(const std::vector<Starting>& all) {
  std::vector<pollfd> polls;
  for (const Starting& starting : all) polls.push_back({starting.tap->descriptor(), POLLIN, 0});
  poll(polls.data(), polls.size(), poll_ms);
}

// Asks once who is ACTIVE now, lets those speak whose turn it is, and hears what has come.
Status look(const Sandbox& sandbox, std::vector<Starting>& all, const rt::Clock& clock) {
  const auto active = [](const Starting& starting) { return starting.result.active.has_value(); };
  if (!std::ranges::all_of(all, active)) {
    if (Status asked = note_active(sandbox, all, clock); !asked) return asked;
  }
  for (Starting& starting : all) {
    if (!may_speak(starting)) continue;
    if (Status said = say_discover(starting, clock); !said) return said;
  }
  wait_for_frames(all);
  for (Starting& starting : all) hear(starting, clock);
  return {};
}

Status start_one(const Sandbox& sandbox, const StartWish& wish, Starting& starting, const rt::Clock& clock) {
  const rt::Instant begin = clock.now();
  if (Status made = make_port(sandbox, wish.host, starting); !made) return made;
  if (Status plugged = plug_tap(sandbox.host(wish.host), wish.first_word, starting); !plugged) return plugged;
  starting.plugged = clock.now();
  starting.result.made = starting.plugged - begin;
  return wish.first_word == FirstWord::once_plugged ? say_discover(starting, clock) : Status();
}

Status take_away(const Sandbox& sandbox, const StartWish& wish, std::vector<Starting>& all) {
  Argv words;
  for (const Starting& starting : all) {
    words.insert(words.end(), {"--", "--if-exists", "del-port", "br-int", starting.interface()});
  }
  const Result<std::string> off = must_run(sandbox.host(wish.host).vsctl(std::move(words)), wish.patience);
  if (!off) return std::unexpected(off.error());
  for (const Starting& starting : all) {
    for (const std::string& path : {"/v2.0/ports/" + starting.port_id, "/v2.0/networks/" + starting.network_id}) {
      if (const auto gone = sandbox.api().ask_api("DELETE", path); !gone) return std::unexpected(gone.error());
    }
  }
  return {};
}

}  // namespace

Result<std::vector<FastStart>> start_fast(const Sandbox& sandbox, const StartWish& wish) {
  const rt::MachineClock clock;
  std::vector<Starting> all;
  for (int made = 0; made < wish.count; ++made) {
    if (Status begun = start_one(sandbox, wish, all.emplace_back(), clock); !begun)
      return std::unexpected(begun.error());
    if (Status looked = look(sandbox, all, clock); !looked) return std::unexpected(looked.error());
  }
  const auto over = [&](const Starting& starting) { return is_over(starting, wish, clock.now()); };
  while (!std::ranges::all_of(all, over)) {
    if (Status looked = look(sandbox, all, clock); !looked) return std::unexpected(looked.error());
  }
  if (Status gone = take_away(sandbox, wish, all); !gone) return std::unexpected(gone.error());
  std::vector<FastStart> results;
  for (const Starting& starting : all) results.push_back(starting.result);
  return results;
}

}  // namespace tarn::sandbox
