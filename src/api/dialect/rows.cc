#include "api/dialect/rows.h"

#include <ctime>

namespace tarn::api::dialect {
namespace {

std::tm utc_of(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return utc;
}

std::string digits(int number, int width) {
  std::string text = std::to_string(number);
  return text.size() >= static_cast<std::size_t>(width)
             ? text
             : std::string(static_cast<std::size_t>(width) - text.size(), '0') + text;
}

std::string stamp(std::int64_t unix_ms, char between, std::string_view end) {
  const std::tm utc = utc_of(unix_ms);
  return digits(utc.tm_year + 1900, 4) + "-" + digits(utc.tm_mon + 1, 2) + "-" + digits(utc.tm_mday, 2) + between +
         digits(utc.tm_hour, 2) + ":" + digits(utc.tm_min, 2) + ":" + digits(utc.tm_sec, 2) + std::string(end);
}

}  // namespace

const Attribute* Resource::attribute(std::string_view name) const {
  for (const Attribute& each : attributes)
    if (each.name == name) return &each;
  return nullptr;
}

std::optional<RowRef> find_row(const model::Snapshot& snapshot, model::Kind kind, const Uuid& id) {
  std::optional<RowRef> row;
  model::Rows::at(kind, [&]<class R>(std::type_identity<R>) {
    if (const auto* found = snapshot.find<R>(id)) row = found->row.get();
  });
  return row;
}

void walk_rows(const model::Snapshot& snapshot, model::Kind kind, const std::optional<Uuid>& after,
               const std::function<bool(const Uuid&, RowRef)>& visit) {
  model::Rows::at(kind, [&]<class R>(std::type_identity<R>) {
    const auto& table = snapshot.table<R>();
    for (auto at = after ? table.lower_bound(*after) : table.begin(); at != table.end(); ++at) {
      const auto& [id, versioned] = *at;
      if (after && id == *after) continue;
      if (!visit(id, versioned.row.get())) return;
    }
  });
}

Mapping made(std::string word) {
  Read read = [word](const View& view) {
    const auto* value = view.as<Made>().if_contains(word);
    return value ? json::value(*value, view.storage) : json::value(nullptr, view.storage);
  };
  return {std::move(word), std::move(read)};
}

Mapping shared() {
  return {"shared", [](const View& view) {
            const Uuid id = std::visit(
                [](const auto* row) {
                  if constexpr (requires { row->id.uuid; }) return row->id.uuid;
                  return Uuid{};
                },
                view.row);
            return json::value(model::is_shared_with(view.snapshot, id, view.caller.project_id), view.storage);
          }};
}

const model::Standard& standard_of(const View& view) {
  const model::Standard* standard = std::visit(
      [](const auto* row) -> const model::Standard* {
        if constexpr (requires { row->standard; }) return &row->standard;
        return nullptr;
      },
      view.row);
  CHECK(standard != nullptr);
  return *standard;
}

std::string iso_time(std::int64_t unix_ms) {
  return stamp(unix_ms, 'T', "Z");
}

std::string plain_time(std::int64_t unix_ms) {
  return stamp(unix_ms, ' ', "");
}

std::optional<std::int64_t> parse_iso_time(std::string_view text) {
  std::tm utc{};
  const std::string whole(text);
  const char* rest = strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (!rest) rest = strptime(whole.c_str(), "%Y-%m-%d %H:%M:%S", &utc);
  if (!rest) return std::nullopt;
  if (std::string_view(rest) != "" && std::string_view(rest) != "Z" && std::string_view(rest) != "+00:00")
    return std::nullopt;
  return static_cast<std::int64_t>(timegm(&utc)) * 1000;
}

}  // namespace tarn::api::dialect
