// Tags that are added to what is there, or taken from it: one write, so that two of them never lose each other.
// Request-only words of every row with tags: `add_tags` and `remove_tags`, lists of texts.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// The same update with all the tags that the row then has. Errors: not_found (TagNotFound: to be removed and not
// there).
Result<Request> with_all_tags(const Draft& draft, Request request);

}  // namespace tarn::model::admission
