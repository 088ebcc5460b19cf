#include "model/rows.h"

#include "base/check.h"

namespace tarn::model {

Row::Row() = default;
Row::Row(const Row& other) = default;
Row::Row(Row&& other) noexcept = default;
Row& Row::operator=(const Row& other) = default;
Row& Row::operator=(Row&& other) noexcept = default;
Row::~Row() = default;

bool Row::operator==(const Row& other) const {
  return static_cast<const Rows::Variant&>(*this) == static_cast<const Rows::Variant&>(other);
}

void Row::take(Kind kind, void* row) {
  Rows::at(kind, [&]<class R>(std::type_identity<R>) { emplace<R>(std::move(*static_cast<R*>(row))); });
}

Kind kind_of(const Row& row) {
  return std::visit([](const auto& held) { return held.kind; }, row);
}

Uuid id_of(const Row& row) {
  return std::visit([](const auto& held) { return held.id.uuid; }, row);
}

std::string_view name_of(Kind kind) {
  std::string_view name;
  Rows::at(kind, [&name]<class R>(std::type_identity<R>) { name = R::word; });
  CHECK(!name.empty());
  return name;
}

std::string_view called(Kind kind) {
  std::string_view name;
  Rows::at(kind, [&name]<class R>(std::type_identity<R>) { name = R::called; });
  CHECK(!name.empty());
  return name;
}

std::optional<Kind> kind_named(std::string_view word) {
  std::optional<Kind> found;
  Rows::each([&]<class R>(std::type_identity<R>) {
    if (R::word == word) found = R::kind;
  });
  return found;
}

}  // namespace tarn::model
