#include "names/upstream.h"

#include <charconv>
#include <sstream>

namespace tarn::names {

constexpr std::size_t resolv_conf_servers_max = 3;  // MAXNS of <resolv.h>

Result<Forwarder> parse_forwarder(const std::string& text) {
  const std::size_t mark = text.find('#');
  const Result<Ip> address = Ip::parse(text.substr(0, mark));
  if (!address) return fail(address.error());
  Forwarder forwarder{.address = *address};
  if (mark == std::string::npos) return forwarder;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + mark + 1, last, forwarder.port);
  if (error != std::errc() || end != last || forwarder.port == 0)
    return fail(ErrorCode::invalid, "'" + text + "' names no port behind the '#'");
  return forwarder;
}

std::vector<Forwarder> forwarders_in(const std::string& resolv_conf) {
  std::vector<Forwarder> found;
  std::istringstream lines(resolv_conf);
  for (std::string line; std::getline(lines, line) && found.size() < resolv_conf_servers_max;) {
    std::istringstream words(line);
    std::string word, address;
    if (!(words >> word >> address) || word != "nameserver") continue;
    if (const Result<Ip> parsed = Ip::parse(address)) found.push_back({.address = *parsed});
  }
  return found;
}

}  // namespace tarn::names
