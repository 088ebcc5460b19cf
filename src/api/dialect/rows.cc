#include "api/dialect/rows.h"

#include <chrono>
#include <ctime>

namespace tarn::api::dialect {
namespace {

void append_digits(std::string& text, unsigned number, std::size_t width) {
  const std::size_t end = text.size() + width;
  text.resize(end, '0');
  for (std::size_t at = end; number > 0 && at > end - width; number /= 10)
    text[--at] = static_cast<char>('0' + number % 10);
}

// Years of four digits, as far as clocks go.
std::string stamp(std::int64_t unix_ms, char between, std::string_view end) {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds(unix_ms)};
  const sys_days day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(instant - day));
  std::string text;
  text.reserve(24);
  append_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(text += '-', static_cast<unsigned>(date.month()), 2);
  append_digits(text += '-', static_cast<unsigned>(date.day()), 2);
  append_digits(text += between, static_cast<unsigned>(time.hours().count()), 2);
  append_digits(text += ':', static_cast<unsigned>(time.minutes().count()), 2);
  append_digits(text += ':', static_cast<unsigned>(time.seconds().count()), 2);
  return text += end;
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
  return {word, [word](const View& view) -> const json::value& {
            static const json::value nothing;
            const auto* value = view.as<Made>().if_contains(word);
            return value ? *value : nothing;
          }};
}

Mapping shared() {
  return {"shared", [](const View& view) {
            const Uuid id = std::visit(
                [](const auto* row) {
                  if constexpr (requires { row->id.uuid; }) return row->id.uuid;
                  return Uuid{};
                },
                view.row);
            return model::is_shared_with(view.snapshot, id, view.caller.project_id);
          }};
}

bool View::is_there() const {
  return std::visit([](const auto* held) { return held != nullptr; }, row);
}

bool View::hears(const std::string& host) const {
  const auto presence = cloud.presence(host);
  return presence && (presence->connected || now_ms - presence->heard_at_ms <= agent_down_after_ms);
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
