#include "names/zone.h"

#include "names/message.h"

namespace tarn::names {
namespace {

// "b.c." of "a.b.c.".
std::string above(const std::string& name) {
  return name.substr(name.find('.') + 1);
}

bool is_single(const std::string& name) {
  return name.find('.') + 1 == name.size();
}

}  // namespace

Zone::Zone(const domain::NameFile::Spec& file) : domain_(file.domain) {
  between_.insert(domain_);
  for (const auto& [name, address] : file.names) {
    if (!is_name(name)) continue;
    addresses_[name].push_back(address);
    names_.emplace(address, name);
    if (!holds(name)) continue;
    for (std::string up = above(name); up.size() > domain_.size(); up = above(up)) between_.insert(up);
  }
}

bool Zone::holds(const std::string& name) const {
  return name == domain_ || name.ends_with("." + domain_);
}

const std::vector<Ip>* Zone::addresses_of(const std::string& name) const {
  auto found = addresses_.find(name);
  if (found == addresses_.end() && is_single(name)) found = addresses_.find(name + domain_);
  return found == addresses_.end() ? nullptr : &found->second;
}

bool Zone::is_between(const std::string& name) const {
  return between_.contains(name);
}

const std::string* Zone::name_of(const Ip& address) const {
  const auto found = names_.find(address);
  return found == names_.end() ? nullptr : &found->second;
}

}  // namespace tarn::names
