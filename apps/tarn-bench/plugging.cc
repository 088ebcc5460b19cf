#include "plugging.h"

#include <algorithm>
#include <boost/json.hpp>

#include "benchmarks.h"
#include "sandbox/instance.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

sandbox::Argv plug_words(std::span<const Plug> plugs) {
  sandbox::Argv words;
  for (const Plug& plug : plugs) {
    const sandbox::Argv one = sandbox::plug_words(plug.interface, plug.port_id, plug.mac, {"type=internal"});
    words.insert(words.end(), one.begin(), one.end());
  }
  return words;
}

sandbox::Argv unplug_words(std::span<const Plug> plugs) {
  sandbox::Argv words;
  for (const Plug& plug : plugs) {
    words.insert(words.end(), {"--", "--if-exists", "del-port", "br-int", plug.interface});
  }
  return words;
}

Status run_parts(const std::string& database_socket, std::span<const Plug> plugs,
                 sandbox::Argv (*words_of)(std::span<const Plug>), Patience patience) {
  for (const std::span<const Plug> part : parts_of(plugs)) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    sandbox::Argv words = words_of(part);
    if (patience == Patience::leave) words.insert(words.begin(), "--no-wait");
    if (Status done = run_vsctl(database_socket, std::move(words)); !done) return done;
  }
  return {};
}

}  // namespace

std::vector<Plug> plugs_of(const json::value& ports) {
  std::vector<Plug> plugs;
  for (const json::value& port : ports.as_array()) {
    const std::string id = json::value_to<std::string>(port.at("id"));
    plugs.push_back({"tap" + id.substr(0, 11), id, json::value_to<std::string>(port.at("mac_address"))});
  }
  return plugs;
}

std::vector<std::span<const Plug>> parts_of(std::span<const Plug> plugs) {
  std::vector<std::span<const Plug>> parts;
  for (std::size_t from = 0; from < plugs.size(); from += plugs_at_once) {
    parts.push_back(plugs.subspan(from, std::min(plugs_at_once, plugs.size() - from)));
  }
  return parts;
}

Status plug_all(const std::string& database_socket, std::span<const Plug> plugs, Patience patience) {
  return run_parts(database_socket, plugs, plug_words, patience);
}

Status unplug_all(const std::string& database_socket, std::span<const Plug> plugs) {
  return run_parts(database_socket, plugs, unplug_words, Patience::wait);
}

Status run_vsctl(const std::string& database_socket, sandbox::Argv words) {
  words.insert(words.begin(), {"ovs-vsctl", "--timeout=300", "--db=unix:" + database_socket});
  const Result<sandbox::Finished> done = sandbox::run(words, 301s);
  if (!done) return fail(done.error().code, "ovs-vsctl did not end in time");  // not its thousands of words
  if (done->exit_code != 0) return fail(ErrorCode::unavailable, "ovs-vsctl failed: " + done->complaint);
  return {};
}

}  // namespace tarn::bench
