// Lists: which rows of a snapshot a query selects, and in which order.
// Pure but for what computed attributes ask of the cloud.
#pragma once

#include <vector>

#include "api/access.h"
#include "api/query.h"

namespace tarn::api {

// The rows that match and that the caller sees, in order, at most one page. Where he does not see an attribute, no
// filter equals it and it sorts as null. Errors: not_found (the marker names no row).
// `among`: what they are selected from.
struct Among {
  std::optional<Uuid> below = {};                    // only rows of this parent
  const std::vector<dialect::Made>* made = nullptr;  // not rows of the snapshot, but these; they outlive the answer
};
Result<std::vector<dialect::RowRef>> select_rows(const dialect::Resource& resource, const Query& query,
                                                 const dialect::View& base, const Access& access,
                                                 const Among& among = {});

// The `<collection>_links` of a page; empty when no limit was given (users.md 20). `first` and `last` are the ids of
// the page's outer rows, empty when the page is.
dialect::json::array page_links(const Query& query, const Params& params, const std::string& url, std::size_t rows,
                                const std::string& first, const std::string& last);

}  // namespace tarn::api
