// The three verbs of a kind that needs no others: what its rules add is named by a struct, and the rest is here once.
//   struct LogRules {
//     using Row = Log;
//     static constexpr Attribute attributes[] = {{"project_id", When::created}, …};
//     static constexpr std::string_view words[] = {…};   // of `attributes`, no fields of the row
//     // Completes and checks the row that is about to be written; `before` is null for a new one. Fields that were
//     // given are set, id and project too. May write other rows.
//     static Status settle(Draft& draft, const Request& request, const Log* before, Log& row);
//     // What stands in the way of the row's end, and what goes with it.
//     static Status release(Draft& draft, const Log& row);
//   };
//   KindRules log_rules() { return plain_rules<LogRules>(); }
#pragma once

#include "model/admit/rules.h"

namespace tarn::model::admission {

template <class Rules>
struct Plain {
  using R = typename Rules::Row;

  static Status create(Draft& draft, const Request& request) {
    const Result<std::string> project = project_of_new(draft, request, Rules::attributes);
    if (!project) return fail(project.error());
    if (Status status = check_quota(draft, R::kind, *project); !status) return status;
    R row;
    if (Status status = set_fields(row, without(request.given, Rules::words)); !status) return status;
    row.id = {request.id};
    row.standard.project_id = *project;
    if (Status status = Rules::settle(draft, request, nullptr, row); !status) return status;
    draft.create(std::move(row));
    return {};
  }

  static Status update(Draft& draft, const Request& request) {
    const Result<R> before = row_to_update<R>(draft, request, Rules::attributes);
    if (!before) return fail(before.error());
    R row = *before;
    if (Status status = set_fields(row, without(request.given, Rules::words)); !status) return status;
    if (Status status = Rules::settle(draft, request, &*before, row); !status) return status;
    draft.update(std::move(row));
    return {};
  }

  static Status remove(Draft& draft, const Request& request) {
    const Result<R> row = row_to_remove<R>(draft, request);
    if (!row) return fail(row.error());
    if (Status status = Rules::release(draft, *row); !status) return status;
    draft.remove(R::kind, request.id);
    return {};
  }
};

template <class Rules>
KindRules plain_rules() {
  return {Plain<Rules>::create, Plain<Rules>::update, Plain<Rules>::remove};
}

}  // namespace tarn::model::admission
