// What two clouds answered differently, told in classes: a thousand differences with one reason are one line.
#pragma once

#include <map>

#include "side.h"

namespace tarn::test {

// Empty when both said the same; otherwise what differs, without ids: "409 NetworkInUse <> 204", "body: /port/mtu".
std::string difference(const Told& tarn, const Told& neutron);

class Differences {
 public:
  void add(const std::string& what, const Request& request, const Told& tarn, const Told& neutron);
  // Those that are not `known`: one text for each class, with an example.
  [[nodiscard]] std::vector<std::string> unknown() const;

 private:
  struct Class {
    int count = 0;
    std::string example;
  };
  std::map<std::string, Class> classes_;
};

// Whether docs/differences.md tells this one: by a table of patterns, each with the row that has the reason.
bool is_known_difference(const std::string& what);

}  // namespace tarn::test
