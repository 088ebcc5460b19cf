// What two clouds answered differently, told in classes: a thousand differences with one reason are one line.
#pragma once

#include <map>

#include "side.h"

namespace tarn::test {

// Lists by content, because what orders them would be ids, and without links to further pages.
json::value in_order(const json::value& value);

// Empty when both said the same, but for what docs/differences.md has a row for; otherwise what differs, without ids:
// "409 NetworkInUse <> 204", "body: /port/mtu".
std::string difference(const Told& tarn, const Told& neutron);

class Differences {
 public:
  void add(const std::string& what, const Request& request, const Told& tarn, const Told& neutron);
  // Those that docs/differences.md has no row for: one text for each class, with an example.
  [[nodiscard]] std::vector<std::string> unknown() const;

 private:
  struct Class {
    int count = 0;
    std::string example;
  };
  std::map<std::string, Class> classes_;
};

}  // namespace tarn::test
