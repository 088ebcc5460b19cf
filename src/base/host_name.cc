#include "base/host_name.h"

#include <algorithm>

namespace tarn {

std::string host_name(const std::string& given, const Ip& address) {
  if (!given.empty()) return given;
  std::string name = "host-" + address.text();
  std::ranges::replace_if(name, [](char c) { return c == '.' || c == ':'; }, '-');
  return name;
}

std::string domain_of_network(const std::string& given) {
  if (given.empty()) return "openstacklocal.";
  return given.ends_with('.') ? given : given + ".";
}

std::string whole_name(const std::string& name, const std::string& domain) {
  return name.ends_with('.') ? name : name + "." + domain;
}

}  // namespace tarn
