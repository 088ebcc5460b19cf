#include "sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/check.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

struct CellText {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return fmt::format("{:.2f}", number); }
  std::string operator()(const Spread& spread) const {
    return fmt::format("{:.2f} ({:.2f} to {:.2f})", spread.median, spread.least, spread.most);
  }
};

struct CellJson {
  json::value operator()(const std::string& text) const { return json::value(text); }
  json::value operator()(std::int64_t number) const { return number; }
  json::value operator()(double number) const { return number; }
  json::value operator()(const Spread& spread) const {
    return json::object{{"median", spread.median}, {"min", spread.least}, {"max", spread.most}};
  }
};

}  // namespace

Spread spread_of(std::vector<double> values) {
  CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values.front(), values.back()};
}

double ms(rt::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double seconds(rt::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double quantile_of(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

std::string text_of(const Sheet& sheet) {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : sheet.columns) lines.front().push_back(column.heading);
  for (const auto& row : sheet.rows) {
    CHECK(row.size() == sheet.columns.size());
    std::vector<std::string> line;
    for (const Cell& cell : row) line.push_back(std::visit(CellText(), cell));
    lines.push_back(std::move(line));
  }
  std::vector<std::size_t> widths(sheet.columns.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text = sheet.title + "\n";
  for (const auto& line : lines) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) out += fmt::format("  {:<{}}", line[i], widths[i]);
    text += out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

json::object json_of(const std::string& benchmark, const Report& report) {
  json::object out{{"benchmark", benchmark}};
  for (const Sheet& sheet : report.sheets) {
    json::array rows;
    for (const auto& row : sheet.rows) {
      json::object named;
      for (std::size_t i = 0; i < row.size(); ++i) named[sheet.columns[i].key] = std::visit(CellJson(), row[i]);
      rows.push_back(std::move(named));
    }
    out[sheet.key] = std::move(rows);
  }
  return out;
}

}  // namespace tarn::bench
