// Sets of addresses as lists of prefixes. A list is compact when it is sorted, no prefix is inside another and no two
// are the halves of one; what these functions take and give is compact, and of one IP version.
#pragma once

#include <span>
#include <vector>

#include "base/address.h"

namespace tarn::model::admission {

using Prefixes = std::vector<Prefix>;

Prefixes compacted(Prefixes prefixes);  // takes any list
bool covers(const Prefixes& outer, const Prefix& inner);
bool covers(const Prefixes& outer, const Prefixes& inner);
bool overlap(const Prefixes& a, const Prefixes& b);
Prefixes difference(const Prefixes& from, const Prefixes& taken);

}  // namespace tarn::model::admission
