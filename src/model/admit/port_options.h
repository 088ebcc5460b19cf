// Lists of a port that have their own rules: allowed address pairs and extra DHCP options.
// Values in, values out: neither looks at the rest of the cloud.
#pragma once

#include <boost/json/value.hpp>

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Entries have `address` (an address or a prefix) and perhaps `mac`; null is an empty list. Refusals: InvalidInput,
// AllowedAddressPairsMissingIP, DuplicateAddressPairInRequest, AllowedAddressPairExhausted.
Result<std::vector<AddressPair>> parse_pairs(const boost::json::value& given, const Mac& own, const Limits& limits);

// Pairs loosen a filter, so there must be one. Refusal: AddressPairAndPortSecurityRequired.
Status check_pairs(const Port& port);

// `held` changed by the request's list: an entry with a value sets the option of that name and `ip_version` (4 if
// absent), one with the value null deletes it, options not named stay. Refusal: InvalidInput.
Result<std::vector<DhcpOption>> merge_dhcp_options(std::vector<DhcpOption> held, const boost::json::value& given);

}  // namespace tarn::model::admission
