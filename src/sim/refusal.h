// What a host's switch and database refuse while a story says so: some flows, some rows, always the same ones by a
// salt. Values and functions, so that the models and the laws ask the same question; the models hold them.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string>

#include "domain/network_number.h"
#include "sim/ovs_database.h"
#include "wire/openflow/message.h"

namespace tarn::sim {

using RefusesFlow = std::function<bool(const wire::of::AddFlow&)>;
// Why an operation on the subject is refused; absent: it is not.
using RefusesRow = std::function<std::optional<OvsRefusal>(const std::string& subject)>;

RefusesFlow some_flows(std::uint32_t salt);
RefusesRow some_rows(std::uint32_t salt);

// What an operation that our agent writes is about: the row and, where many share one, the key that it writes. Absent
// for what only waits, and for parts of something that another operation of the transaction names.
std::optional<std::string> subject_of(const boost::json::object& operation, const OvsDatabase& database);

std::string subject_of_pin(const std::string& interface);
std::string subject_of_port(const std::string& port);
std::string subject_of_number(const NetworkId& network);

}  // namespace tarn::sim
