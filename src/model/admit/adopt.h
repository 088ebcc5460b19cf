// Rows that were made elsewhere and come as they are: with their ids, numbers, addresses, stamps and revision numbers.
// `given` is the whole row as in codec.h. A row that is there already is written over; what the data plane says of it
// stays. By what number flows call a group is decided here, whatever the row says. Nothing else follows: no default
// group, no interface, no rule of its own is made.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Errors: invalid (no such row), conflict (a number, address or MAC is another's), not_found (the row stands on one
// that is not here).
Status adopt(Draft& draft, const Request& request);

}  // namespace tarn::model::admission
