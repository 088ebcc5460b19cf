// Pieces that the steps of several domains are written with. Belongs to the ovsdb_edit*.cc files; nobody else uses
// it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "host/ovsdb_edit.h"

namespace tarn::host {

std::unexpected<Error> overtaken(std::string_view what, std::string_view key);
std::string name_of(std::string_view word);

// The one row of Open_vSwitch, which lists bridges and datapaths. `ovs-vsctl init` makes it.
Result<Uuid> root_row(const OvsdbView& view);

// What the step was planned with is what there is `now` (null: nothing): nothing for a creation.
template <reconcile::Domain D>
bool fits(const reconcile::Step<D>& step, const typename D::Seen* now) {
  if (std::holds_alternative<reconcile::Create<D>>(step)) return now == nullptr;
  const auto* change = std::get_if<reconcile::Change<D>>(&step);
  const typename D::Seen& planned = change != nullptr ? change->have : std::get<reconcile::Remove<D>>(step).have;
  return now != nullptr && *now == planned;
}

// Goes on only while the row is there and `columns` say what the replica says.
void wait_for_row(OvsdbEdit& edit, const OvsdbView& view, std::string_view table, const Uuid& uuid,
                  std::initializer_list<std::string_view> columns);
// Goes on only while no row of that name is there.
void wait_for_absence(OvsdbEdit& edit, std::string_view table, const std::string& name);

// Writes, or takes away, single keys of a map column; other keys stay as they are.
wire::ovsdb::Mutate set_keys(std::string_view table, const Uuid& uuid, std::string_view column,
                             const wire::ovsdb::StringMap& pairs);
wire::ovsdb::Mutate clear_keys(std::string_view table, const Uuid& uuid, std::string_view column,
                               const std::vector<std::string>& names);

}  // namespace tarn::host
