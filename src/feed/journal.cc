#include "feed/journal.h"

#include <fmt/core.h>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <charconv>
#include <vector>

#include "base/hash.h"

namespace tarn::feed {
namespace {

namespace json = boost::json;

// The first line: this word, the format, the bytes and the hash of all that follows it.
constexpr std::string_view magic = "tarn-journal";

template <class Number>
bool read_number(std::string_view text, int base, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::unexpected<Error> corrupt(const std::string& how) {
  return fail(ErrorCode::corrupt, "JournalDamaged", "the journal is damaged: " + how);
}

Result<model::SliceItem> item_of(const json::value& value, model::SliceName& name) {
  const json::object* item = value.if_object();
  const json::value* name_value = item == nullptr ? nullptr : item->if_contains("name");
  const json::value* version = item == nullptr ? nullptr : item->if_contains("version");
  const json::value* row = item == nullptr ? nullptr : item->if_contains("row");
  if (name_value == nullptr || !name_value->is_string() || version == nullptr || row == nullptr || !row->is_object()) {
    return corrupt("a row without name, version or content");
  }
  boost::system::error_code error;
  const auto number = version->to_number<std::uint64_t>(error);
  if (error) return corrupt("a version that is no number");
  name = json::value_to<std::string>(*name_value);
  Result<model::SliceRow> read = model::slice_row_from_json(name, row->get_object());
  if (!read) return corrupt(name + ": " + read.error().message);
  return model::SliceItem{number, std::make_shared<const model::SliceRow>(std::move(*read))};
}

Result<Journal> body_from_json(const json::object& body) {
  Journal journal;
  const json::value* host = body.if_contains("host");
  const json::value* revision = body.if_contains("revision");
  const json::value* rows = body.if_contains("rows");
  if (host == nullptr || !host->is_string() || revision == nullptr || rows == nullptr || !rows->is_array()) {
    return corrupt("no host, revision or rows");
  }
  boost::system::error_code error;
  const auto number = revision->to_number<std::uint64_t>(error);
  if (error) return corrupt("a revision that is no number");
  journal.host = json::value_to<std::string>(*host);
  journal.revision = number;
  for (const json::value& value : rows->get_array()) {
    model::SliceName name;
    Result<model::SliceItem> item = item_of(value, name);
    if (!item) return fail(item.error());
    journal.slice = journal.slice.with(std::move(name), std::move(*item));
  }
  return journal;
}

}  // namespace

std::string encode(const Journal& journal) {
  json::monotonic_resource memory;  // values by the thousand that all go at once
  json::array rows(&memory);
  rows.reserve(journal.slice.size());
  for (const auto& [name, item] : journal.slice) {
    rows.push_back(json::object(
        {{"name", name}, {"version", item.version}, {"row", model::to_json(*item.row, &memory)}}, &memory));
  }
  const std::string body = json::serialize(
      json::object({{"host", journal.host}, {"revision", journal.revision}, {"rows", std::move(rows)}}, &memory));
  const std::uint64_t hash = ContentHash().add(body).value();
  return fmt::format("{} {} {} {:016x}\n{}", magic, journal_format, body.size(), hash, body);
}

Result<Journal> decode_journal(std::string_view bytes) {
  const std::size_t line_end = bytes.substr(0, 128).find('\n');
  if (line_end == std::string_view::npos) return corrupt("no first line");
  const std::vector<std::string_view> words = words_of(bytes.substr(0, line_end));
  std::uint32_t format = 0;
  if (words.size() < 2 || words[0] != magic || !read_number(words[1], 10, format) || format == 0) {
    return corrupt("this is no journal");
  }
  if (format > journal_format) {
    return fail(ErrorCode::unsupported, "JournalNewer",
                fmt::format("the journal has format {}, this build reads up to {}", format, journal_format));
  }
  std::size_t size = 0;
  std::uint64_t hash = 0;
  if (words.size() != 4 || !read_number(words[2], 10, size) || !read_number(words[3], 16, hash)) {
    return corrupt("its first line");
  }
  const std::string_view body = bytes.substr(line_end + 1);
  if (body.size() != size) return corrupt(fmt::format("{} of {} bytes", body.size(), size));
  if (ContentHash().add(body).value() != hash) return corrupt("its content does not match its hash");
  boost::system::error_code error;
  json::monotonic_resource memory;
  const json::value parsed = json::parse(json::string_view(body.data(), body.size()), error, &memory);
  if (error || !parsed.is_object()) return corrupt("its content is no JSON object");
  return body_from_json(parsed.get_object());
}

}  // namespace tarn::feed
