// From a running Neutron to a running Tarn: reads the one, writes what differs to the other. Run again, it changes
// nothing. Knows neither's address: it is given two ways to ask.
#pragma once

#include "migrate/neutron_rows.h"

namespace tarn::migrate {

// POST of a body to Tarn's /v2.0/adopted-rows; its answer.
using Adopt = std::function<Result<boost::json::value>(const boost::json::value& body)>;

struct Imported {
  std::size_t rows = 0;
  std::size_t changed = 0;
  std::vector<std::string> left;     // what was not carried, and why
  std::vector<std::string> strange;  // aliases of Neutron's whose resources Tarn does not have
};

// Errors: those of the two ways to ask; a row that Tarn refuses is no error, it is left.
Result<Imported> import_neutron(const Get& get, const Adopt& adopt);

}  // namespace tarn::migrate
