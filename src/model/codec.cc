#include "model/codec.h"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/check.h"
#include "model/json_fields.h"

namespace tarn::model {
namespace fields {

std::unexpected<Error> wrong(std::string_view field, std::string_view wanted) {
  return fail(ErrorCode::invalid, "Field '" + std::string(field) + "' is wrong: expected " + std::string(wanted) + ".");
}

Status take_text(std::string_view field, const boost::json::value& from, std::string& into) {
  const boost::json::string* text = from.if_string();
  if (text == nullptr) return wrong(field, "a string");
  into.assign(text->data(), text->size());
  return {};
}

Status take_bool(std::string_view field, const boost::json::value& from, bool& into) {
  const bool* truth = from.if_bool();
  if (truth == nullptr) return wrong(field, "true or false");
  into = *truth;
  return {};
}

Result<std::size_t> take_name(std::string_view field, const boost::json::value& from,
                              std::span<const std::string_view> names) {
  std::string wanted = "one of";
  const boost::json::string* text = from.if_string();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text != nullptr && std::string_view(text->data(), text->size()) == names[i]) return i;
    wanted.append(i == 0 ? " " : ", ").append(names[i]);
  }
  return wrong(field, wanted);
}

}  // namespace fields

namespace {

constexpr std::size_t fields_max = 48;  // at least what a row has; more would only grow the object

template <class R>
Result<Row> row_from(const boost::json::object& object) {
  R row;
  std::size_t used = 0;
  if (Status status = fields::take_fields(object, row, used); !status) return fail(status.error());
  return row;
}

// The first name in `given` that `R` has no field for.
template <class R>
std::string unknown_name(const boost::json::object& given) {
  const boost::json::value all = fields::put(R{});
  for (const auto& [name, value] : given) {
    if (!all.as_object().contains(name)) return std::string(name);
  }
  return {};
}

}  // namespace

boost::json::object to_json(const Row& row) {
  boost::json::object object;
  std::visit([&object](const auto& held) { fields::put_fields(held, object); }, row);
  return object;
}

Result<Row> row_from_json(Kind kind, const boost::json::object& object) {
  std::optional<Result<Row>> row;
  Rows::at(kind, [&]<class R>(std::type_identity<R>) { row = row_from<R>(object); });
  CHECK(row.has_value());
  return std::move(*row);
}

// In memory that is given back at once: the objects of a row are many and live for this call only.
std::string encode(const Row& row) {
  std::array<unsigned char, 8192> buffer;
  boost::json::monotonic_resource memory(buffer.data(), buffer.size());
  boost::json::object object(&memory);
  object.reserve(fields_max);
  std::visit([&object](const auto& held) { fields::put_fields(held, object); }, row);
  return boost::json::serialize(object);
}

Result<Row> decode(Kind kind, std::string_view text) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  const boost::json::object* object = error ? nullptr : value.if_object();
  if (object == nullptr) {
    return fail(ErrorCode::corrupt, "A stored " + std::string(name_of(kind)) + " is not a JSON object.");
  }
  return row_from_json(kind, *object);
}

Status merge(Row& row, const boost::json::object& given) {
  return std::visit(
      [&given](auto& held) -> Status {
        auto merged = held;
        std::size_t used = 0;
        if (Status status = fields::take_fields(given, merged, used); !status) return status;
        if (used != given.size()) {
          const std::string name = unknown_name<std::remove_cvref_t<decltype(held)>>(given);
          return fail(ErrorCode::invalid, "Unrecognized attribute '" + name + "'.");
        }
        held = std::move(merged);
        return {};
      },
      row);
}

}  // namespace tarn::model
