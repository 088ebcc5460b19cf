// What a benchmark found: sheets of rows whose columns have a stable key for programs and a heading for people.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "rt/clock.h"

namespace tarn::bench {

// Several measurements of one thing: the middle one says what is usual, the ends how far to trust it.
struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};
Spread spread_of(std::vector<double> values);                 // of at least one value
double quantile_of(std::vector<double> values, double part);  // nearest rank; 0 of nothing

// A duration as a figure.
double ms(rt::Duration duration);
double seconds(rt::Duration duration);

using Cell = std::variant<std::string, std::int64_t, double, Spread>;

struct Column {
  std::string key;      // stable: "wall_ms"
  std::string heading;  // "bundle ms"
};

struct Sheet {
  std::string key;
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

struct Report {
  std::vector<Sheet> sheets;
  std::string failure{};  // of what was measured: it is printed, and the program's exit code says so
};

std::string text_of(const Sheet& sheet);  // columns as wide as their widest cell
boost::json::object json_of(const std::string& benchmark, const Report& report);

}  // namespace tarn::bench
