// Rows that are shown once more, below an item that they have to do with: as their own resource shows them, and to read
// only. Which they are follows from other rows.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

// The row of a view as its own resource shows it.
using Show = std::function<Made(const View&)>;

// `all` makes those below a parent. `like` is their own resource, and the path is below each item of the `above` one.
Resource copies(Resource like, std::string above, std::string path, const std::string& alias,
                std::function<std::vector<Made>(const View& parent, const Show& show)> all);

// Of copies below agents: rows that agents are chosen for, or barred from, by their hosts.
Choosing by_host(std::string from, std::string word, std::string rule);

}  // namespace tarn::api::dialect
