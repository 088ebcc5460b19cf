#include "migrate/import.h"

namespace tarn::migrate {
namespace {

namespace json = boost::json;

constexpr std::size_t rows_at_once = 500;

// Extensions with resources of their own that Tarn does not serve.
constexpr std::string_view strange[] = {"bgp",  "vpnaas", "fwaas_v2", "sfc", "flow_classifier",
                                        "taas", "bgpvpn", "lbaasv2"};

class Import {
 public:
  Import(const Adopt& adopt, Imported& out) : adopt_(adopt), out_(out) {}

  Status write(const std::vector<json::object>& rows) {
    for (std::size_t begin = 0; begin < rows.size(); begin += rows_at_once) {
      const std::size_t end = std::min(begin + rows_at_once, rows.size());
      const json::array some(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                             rows.begin() + static_cast<std::ptrdiff_t>(end));
      if (Status written = write_together(some); !written) return written;
    }
    return {};
  }

 private:
  // All at once; where that is refused, one by one, so that a bad row stops no other.
  Status write_together(const json::array& rows) {
    const auto answer = adopt_(json::object{{"rows", rows}});
    if (answer) return count(*answer, rows.size());
    if (answer.error().code == ErrorCode::unavailable || answer.error().code == ErrorCode::forbidden)
      return fail(answer.error());
    if (rows.size() == 1) {
      out_.left.push_back(std::string(rows[0].at("kind").as_string()) + " " +
                          std::string(rows[0].at("id").as_string()) + ": " + answer.error().message);
      return {};
    }
    for (const json::value& row : rows)
      if (Status written = write_together({row}); !written) return written;
    return {};
  }

  Status count(const json::value& answer, std::size_t rows) {
    const auto* changed = answer.is_object() ? answer.get_object().if_contains("changed") : nullptr;
    if (!changed || !changed->is_number()) return fail(ErrorCode::corrupt, "Tarn's answer tells no count of rows.");
    out_.rows += rows;
    out_.changed += changed->to_number<std::size_t>();
    return {};
  }

  const Adopt& adopt_;
  Imported& out_;
};

}  // namespace

Result<Imported> import_neutron(const Get& get, const Adopt& adopt) {
  const api::dialect::Table table = api::dialect::table();
  const auto cloud = read_neutron(get, table);
  if (!cloud) return fail(cloud.error());
  Carried carried = rows_of(*cloud, table);
  Imported out;
  out.left = std::move(carried.left);
  for (const std::string_view alias : strange)
    if (std::ranges::find(cloud->aliases, alias) != cloud->aliases.end()) out.strange.emplace_back(alias);
  if (Status written = Import(adopt, out).write(carried.rows); !written) return fail(written.error());
  return out;
}

}  // namespace tarn::migrate
