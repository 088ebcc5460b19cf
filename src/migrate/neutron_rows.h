// What Neutron says of its objects as rows of the model: the same ids, numbers, addresses, stamps and revisions. Pure.
// What cannot be carried is told, object by object and attribute by attribute; nothing is dropped silently.
#pragma once

#include "migrate/neutron_cloud.h"

namespace tarn::migrate {

struct Carried {
  std::vector<boost::json::object> rows;  // as model/codec.h has them, with "kind"; each after what it stands on
  std::vector<std::string> left;          // "network 5e0b…: provider:network_type: 'gre' is not in …"
};

Carried rows_of(const NeutronCloud& cloud, const api::dialect::Table& table);

}  // namespace tarn::migrate
