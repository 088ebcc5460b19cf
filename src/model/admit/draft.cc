#include "model/admit/draft.h"

#include "base/check.h"

namespace tarn::model::admission {

Standard* standard_of(Row& row) {
  return std::visit(
      [](auto& held) -> Standard* {
        if constexpr (requires { held.standard; }) {
          return &held.standard;
        } else {
          return nullptr;
        }
      },
      row);
}

// splitmix64: every seed gives a full-period sequence.
std::uint64_t Draft::chance() {
  chance_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = chance_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31);
}

Uuid Draft::new_id(Kind kind) {
  while (true) {
    const std::uint64_t high = chance();
    const Uuid id = Uuid::random(high, chance());
    if (!now().row(kind, id)) return id;
  }
}

void Draft::write(Kind kind, const Uuid& id, std::optional<Row> row) {
  settle();
  touched_.emplace(kind, id);
  latest_ = RowEdit{kind, id, std::move(row)};
}

void Draft::settle() const {
  if (!latest_) return;
  now_ = now_.with({{*std::exchange(latest_, std::nullopt)}}, now_.revision() + 1);
}

void Draft::create(Row row) {
  const Kind kind = kind_of(row);
  const Uuid id = id_of(row);
  CHECK(!now().row(kind, id));
  if (Standard* standard = standard_of(row)) {
    standard->revision_number = 1;
    standard->created_at_ms = now_ms_;
    standard->updated_at_ms = now_ms_;
  }
  write(kind, id, std::move(row));
}

void Draft::update(Row row) {
  const Kind kind = kind_of(row);
  const Uuid id = id_of(row);
  const std::optional<Row> held = now().row(kind, id);
  CHECK(held.has_value());
  if (row == *held) return;
  if (Standard* standard = standard_of(row)) {
    ++standard->revision_number;
    standard->updated_at_ms = now_ms_;
  }
  write(kind, id, std::move(row));
}

void Draft::put(Row row) {
  const Kind kind = kind_of(row);
  const Uuid id = id_of(row);
  write(kind, id, std::move(row));
}

void Draft::remove(Kind kind, const Uuid& id) {
  write(kind, id, std::nullopt);
}

Change Draft::finish() const {
  Change change;
  for (const auto& [kind, id] : touched_) {
    const bool latest = latest_ && latest_->kind == kind && latest_->id == id;
    std::optional<Row> row = latest ? latest_->row : now_.row(kind, id);
    if (row != before_.row(kind, id)) change.edits.push_back({kind, id, std::move(row)});
  }
  return change;
}

}  // namespace tarn::model::admission
