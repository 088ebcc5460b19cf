// From the model's rows to attributes: one way to find and walk the rows of any kind, and the makers of a Mapping.
// Field names are read from the model's own `describe`, so they are never spelled a second time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <type_traits>

#include "api/dialect/attribute.h"
#include "base/check.h"

namespace tarn::api::dialect {

std::optional<RowRef> find_row(const model::Snapshot& snapshot, model::Kind kind, const Uuid& id);

// In id order from the first id after `after` (nullopt: from the start), until `visit` says false.
void walk_rows(const model::Snapshot& snapshot, model::Kind kind, const std::optional<Uuid>& after,
               const std::function<bool(const Uuid&, RowRef)>& visit);

template <class R, class T>
std::string field_name(T R::* wanted) {
  std::string name;
  model::describe(
      [&](std::string_view field, auto member) {
        if constexpr (std::is_same_v<decltype(member), T R::*>) {
          if (member == wanted) name = field;
        }
      },
      static_cast<const R*>(nullptr));
  CHECK(!name.empty());
  return name;
}

// The attribute is this field, shown as it is.
template <class R, class T>
Mapping member(T R::* field) {
  return {field_name(field), [field](const View& view) -> const T& { return view.as<R>().*field; }};
}
template <class R, class T>
Mapping standard(T model::Standard::* field) {
  return {field_name(field), [field](const View& view) -> const T& { return view.as<R>().standard.*field; }};
}
// A field of a part of the row (model: is_part).
template <class R, class P, class T>
Mapping part(P R::* part, T P::* field) {
  return {field_name(field), [part, field](const View& view) -> const T& { return view.as<R>().*part.*field; }};
}
template <class R, class P, class T, class Show>
Mapping part(P R::* part, T P::* field, Show show) {
  return {field_name(field), [part, field, show](const View& view) { return show(view.as<R>().*part.*field); }};
}
// The attribute is this field, shown in another form.
template <class R, class T, class Show>
Mapping member(T R::* field, Show show) {
  return {field_name(field), [field, show](const View& view) { return show(view.as<R>().*field); }};
}
// The attribute is a word of the made object, and of the model's request where it is given.
Mapping made(std::string word);
// The word `shared` of requests; shown is whether the caller may use the row because everybody or his project may.
Mapping shared();
// The attribute is computed and cannot be given.
template <class Show>
Mapping derived(Show show) {
  return {{}, std::move(show)};
}

const model::Standard& standard_of(const View& view);  // CHECKs that the row has one

std::string iso_time(std::int64_t unix_ms);    // "2026-01-31T09:00:00Z"
std::string plain_time(std::int64_t unix_ms);  // "2026-01-31 09:00:00", as agents show it
std::optional<std::int64_t> parse_iso_time(std::string_view text);

}  // namespace tarn::api::dialect
