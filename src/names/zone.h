// What is known of one network's names. A plain value, made of the agent's file once and asked often; it never changes,
// and knows nothing of messages.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/name_file.h"

namespace tarn::names {

class Zone {
 public:
  explicit Zone(const domain::NameFile::Spec& file);

  [[nodiscard]] const std::string& domain() const { return domain_; }
  // Whether the name is the domain or below it: then what is not here is nowhere.
  [[nodiscard]] bool holds(const std::string& name) const;
  // The addresses of a whole name, or of one without dots that is a name of the domain; null: nobody is called so.
  [[nodiscard]] const std::vector<Ip>* addresses_of(const std::string& name) const;
  // Whether names are below this one, so that it exists though nobody is called so (RFC 8020).
  [[nodiscard]] bool is_between(const std::string& name) const;
  [[nodiscard]] const std::string* name_of(const Ip& address) const;

 private:
  std::string domain_;
  std::map<std::string, std::vector<Ip>> addresses_;
  std::map<Ip, std::string> names_;
  std::set<std::string> between_;
};

}  // namespace tarn::names
