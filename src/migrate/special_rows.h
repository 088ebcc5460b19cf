// Where an object of Neutron's and a row of ours differ by more than names: what is told on another object, or not at
// all. Pure.
#pragma once

#include <optional>

#include "migrate/neutron_cloud.h"

namespace tarn::migrate {

// Whether Neutron says the same on another object, from where it is carried.
bool is_told_elsewhere(model::Kind kind, std::string_view attribute);

// The whole row. Nothing when it cannot be carried; then `left` says why.
std::optional<boost::json::object> finish(const NeutronCloud& cloud, const api::dialect::Resource& resource,
                                          const boost::json::object& object, boost::json::object row,
                                          std::vector<std::string>& left);

// The segment of a network where Neutron, without its plugin for them, tells of none.
std::optional<boost::json::object> segment_of(const NeutronCloud& cloud, const boost::json::object& network_row);

void add_quotas(const NeutronCloud& cloud, std::vector<boost::json::object>& rows);

}  // namespace tarn::migrate
