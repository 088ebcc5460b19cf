#include "render/renderer.h"

#include <limits>
#include <utility>

#include "base/check.h"

namespace tarn::render {

namespace {

template <class Table>
auto* value_of(Table& table, const typename Table::key_type& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

// Calls visit(member of Tables, member of Patches, claims) for each output.
template <class Claims, class Visit>
void each_output(Claims& claims, Visit&& visit) {
  visit(&Tables::bridges, &Patches::bridges, claims.bridges);
  visit(&Tables::switch_ports, &Patches::switch_ports, claims.switch_ports);
  visit(&Tables::ofport_pins, &Patches::ofport_pins, claims.ofport_pins);
  visit(&Tables::numbers, &Patches::numbers, claims.numbers);
  visit(&Tables::meters, &Patches::meters, claims.meters);
  visit(&Tables::flows, &Patches::flows, claims.flows);
  visit(&Tables::exports, &Patches::exports, claims.exports);
  visit(&Tables::zones, &Patches::zones, claims.zones);
  visit(&Tables::instances, &Patches::instances, claims.instances);
  visit(&Tables::names, &Patches::names, claims.names);
  visit(&Tables::bgp, &Patches::bgp, claims.bgp);
  visit(&Tables::answers, &Patches::answers, claims.answers);
  visit(&Tables::announcements, &Patches::announcements, claims.announcements);
  visit(&Tables::next_hops, &Patches::next_hops, claims.next_hops);
  visit(&Tables::inquiries, &Patches::inquiries, claims.inquiries);
  visit(&Tables::wired, &Patches::wired, claims.wired);
  visit(&Tables::subjects, &Patches::subjects, claims.subjects);
}

}  // namespace

void Renderer::touch(const Rows& rows, const std::set<RowKey>& touched) {
  for (const RowKey& key : touched) {
    if (const auto* readers = value_of(readers_, key)) due_.insert(readers->begin(), readers->end());
    const auto unit = units_.unit_of(key);
    if (!unit) continue;
    if (rows.has(key)) {
      due_.insert(*unit);
      gone_.erase(*unit);
    } else {
      gone_.insert(*unit);
    }
  }
  for (const UnitId& unit : gone_) due_.erase(unit);
}

bool Renderer::render_some(const Rows& rows, std::size_t units_max) {
  for (const UnitId& unit : std::exchange(gone_, {})) replace(unit, std::nullopt);
  for (std::size_t rendered = 0; rendered < units_max && !due_.empty(); ++rendered) {
    const UnitId unit = due_.extract(due_.begin()).value();
    View view(rows);
    Tables wishes = units_.render(view, unit);
    replace(unit, Shard{std::move(wishes), view.reads(), view.version()});
  }
  return due_.empty();
}

Patches Renderer::update(const Rows& rows, const std::set<RowKey>& touched) {
  touch(rows, touched);
  render_some(rows, std::numeric_limits<std::size_t>::max());
  return take_patches();
}

void Renderer::replace(const UnitId& unit, std::optional<Shard> fresh) {
  const Shard nothing;
  const auto held = shards_.find(unit);
  if (held == shards_.end() && !fresh) return;
  const Shard& old = held == shards_.end() ? nothing : held->second;
  const Shard& next = fresh ? *fresh : nothing;

  each_output(claims_, [&](auto member, auto patch_member, auto& claims) {
    const auto& was = old.wishes.*member;
    const auto& is = next.wishes.*member;
    auto& remembered = before_.*patch_member;
    const auto remember = [&](const auto& key, const Claimants& claimants) {
      const auto [slot, fresh_key] = remembered.try_emplace(key, std::nullopt);
      if (fresh_key && !claimants.empty()) slot->second = (shards_.at(*claimants.begin()).wishes.*member).at(key);
    };
    for (const auto& [key, spec] : was) {
      const auto* kept = value_of(is, key);
      if (kept != nullptr && *kept == spec) continue;
      const auto claim = claims.find(key);
      remember(key, claim->second);
      if (kept != nullptr) continue;
      claim->second.erase(unit);
      if (claim->second.empty()) claims.erase(claim);
    }
    for (const auto& [key, spec] : is) {
      if (was.contains(key)) continue;
      Claimants& claimants = claims[key];
      remember(key, claimants);
      claimants.insert(unit);
    }
  });

  forget_reads(unit, old.reads);
  for (const RowKey& key : next.reads) readers_[key].insert(unit);
  if (fresh) {
    shards_.insert_or_assign(unit, std::move(*fresh));
  } else {
    shards_.erase(held);
  }
}

void Renderer::forget_reads(const UnitId& unit, const std::set<RowKey>& reads) {
  for (const RowKey& key : reads) {
    const auto readers = readers_.find(key);
    readers->second.erase(unit);
    if (readers->second.empty()) readers_.erase(readers);
  }
}

Patches Renderer::take_patches() {
  CHECK(due_.empty() && gone_.empty());
  ++updates_;
  const Patches before = std::exchange(before_, {});
  Patches patches;
  each_output(claims_, [&](auto member, auto patch_member, const auto& claims) {
    for (const auto& [key, was] : before.*patch_member) {
      const auto* claimants = value_of(claims, key);
      std::remove_cvref_t<decltype(was)> is;
      if (claimants != nullptr) is = (shards_.at(*claimants->begin()).wishes.*member).at(key);
      if (is != was) (patches.*patch_member).emplace_hint((patches.*patch_member).end(), key, std::move(is));
    }
  });
  return patches;
}

Tables Renderer::tables() const {
  Tables tables;
  each_output(claims_, [&](auto member, auto, const auto& claims) {
    for (const auto& [key, claimants] : claims)
      (tables.*member)
          .emplace_hint((tables.*member).end(), key, (shards_.at(*claimants.begin()).wishes.*member).at(key));
  });
  return tables;
}

const Renderer::Shard* Renderer::shard(const UnitId& unit) const {
  return value_of(shards_, unit);
}

std::size_t Renderer::contested() const {
  std::size_t count = 0;
  each_output(claims_, [&](auto, auto, const auto& claims) {
    for (const auto& [key, claimants] : claims) count += claimants.size() > 1 ? 1 : 0;
  });
  return count;
}

reconcile::Whole<Tables> render_whole(const reconcile::Whole<model::Slice>& slice,
                                      const reconcile::Whole<Facts>& facts) {
  return reconcile::derive(
      [](const model::Slice& whole_slice, const Facts& whole_facts) {
        Rows rows;
        for (const auto [name, item] : whole_slice) rows.set_slice_row(name, &item);
        rows.set_facts(whole_facts);
        Renderer renderer(node_units());
        renderer.update(rows, rows.keys());
        return renderer.tables();
      },
      slice, facts);
}

}  // namespace tarn::render
