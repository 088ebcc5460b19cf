// How each type of field is spelt in JSON, and described structures field by field. The inner half of codec.h and of
// the slice's encoding; rows never name a field anywhere but in `describe`.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "model/rows.h"

namespace tarn::model::fields {

// The spellings of an enum, in the order of its values.
template <class E>
struct Names;
template <>
struct Names<NetworkType> {
  static constexpr std::string_view all[] = {"vxlan", "vlan", "flat"};
};
template <>
struct Names<Ipv6Mode> {
  static constexpr std::string_view all[] = {"none", "slaac", "dhcpv6_stateful", "dhcpv6_stateless"};
};
template <>
struct Names<VifType> {
  static constexpr std::string_view all[] = {"unbound", "ovs", "binding_failed"};
};
template <>
struct Names<PortStatus> {
  static constexpr std::string_view all[] = {"down", "active", "build", "error"};
};

template <>
struct Names<Sharing> {
  static constexpr std::string_view all[] = {"access_as_shared", "access_as_external"};
};
template <>
struct Names<Direction> {
  static constexpr std::string_view all[] = {"ingress", "egress", "any"};
};
template <>
struct Names<QosRuleType> {
  static constexpr std::string_view all[] = {"bandwidth_limit", "dscp_marking", "minimum_bandwidth",
                                             "packet_rate_limit", "minimum_packet_rate"};
};
template <>
struct Names<LogEvent> {
  static constexpr std::string_view all[] = {"all", "accept", "drop"};
};
template <>
struct Names<LocalIpMode> {
  static constexpr std::string_view all[] = {"translate", "passthrough"};
};
template <>
struct Names<SubPortSegmentation> {
  static constexpr std::string_view all[] = {"vlan"};
};
template <>
struct Names<TapDirection> {
  static constexpr std::string_view all[] = {"in", "out", "both"};
};
template <>
struct Names<MirrorType> {
  static constexpr std::string_view all[] = {"erspan_v1", "gre"};
};
template <>
struct Names<BgpAuth> {
  static constexpr std::string_view all[] = {"none", "md5"};
};
template <>
struct Names<DataPlaneStatus> {
  static constexpr std::string_view all[] = {"unknown", "active", "down"};
};
template <>
struct Names<NumaPolicy> {
  static constexpr std::string_view all[] = {"none", "required", "preferred", "legacy"};
};

// "Field 'mtu' …": every error of this file is ErrorCode::invalid and names the field.
[[nodiscard]] std::unexpected<Error> wrong(std::string_view field, std::string_view wanted);

template <class T>
concept Described = requires { describe([](const char*, auto) {}, static_cast<const T*>(nullptr)); };
// Its fields stand among those of the row that has it.
template <class T>
concept Part = T::is_part;
template <class T>
concept Text = requires(const T& value, std::string_view text) {
  { value.text() } -> std::convertible_to<std::string>;
  { T::parse(text) } -> std::same_as<Result<T>>;
};
template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool>;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;
template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;

// Made in `storage`, and so are its parts: see encode.
template <class T>
boost::json::value put(const T& value, const boost::json::storage_ptr& storage = {});

template <Described T>
void put_fields(const T& from, boost::json::object& into) {
  describe(
      [&](std::string_view name, auto member) {
        if constexpr (Part<std::remove_cvref_t<decltype(from.*member)>>) {
          put_fields(from.*member, into);
        } else {
          into.insert_or_assign(name, put(from.*member, into.storage()));
        }
      },
      static_cast<const T*>(nullptr));
}

template <class T>
boost::json::value put(const T& value, const boost::json::storage_ptr& storage) {
  if constexpr (is_optional<T>) {
    return value ? put(*value, storage) : boost::json::value(nullptr, storage);
  } else if constexpr (is_vector<T>) {
    boost::json::array array(storage);
    array.reserve(value.size());
    for (const auto& element : value) array.push_back(put(element, storage));
    return array;
  } else if constexpr (is_map<T>) {
    boost::json::object object(storage);
    for (const auto& [key, part] : value) object[key] = put(part, storage);
    return object;
  } else if constexpr (is_id<T>) {
    return boost::json::value(value.text(), storage);
  } else if constexpr (std::is_enum_v<T>) {
    return boost::json::value(Names<T>::all[static_cast<std::size_t>(value)], storage);
  } else if constexpr (Text<T>) {
    return boost::json::value(value.text(), storage);
  } else if constexpr (Described<T>) {
    boost::json::object object(storage);
    put_fields(value, object);
    return object;
  } else {
    return boost::json::value(value, storage);
  }
}

template <class T>
Status take(std::string_view field, const boost::json::value& from, T& into);

Status take_text(std::string_view field, const boost::json::value& from, std::string& into);
Status take_bool(std::string_view field, const boost::json::value& from, bool& into);
// The position of the text in `names`.
Result<std::size_t> take_name(std::string_view field, const boost::json::value& from,
                              std::span<const std::string_view> names);

template <Number T>
Status take_number(std::string_view field, const boost::json::value& from, T& into) {
  const auto* as_signed = from.if_int64();
  const auto* as_unsigned = from.if_uint64();
  if (as_signed != nullptr && std::in_range<T>(*as_signed)) {
    into = static_cast<T>(*as_signed);
  } else if (as_unsigned != nullptr && std::in_range<T>(*as_unsigned)) {
    into = static_cast<T>(*as_unsigned);
  } else {
    return wrong(field, "an integer from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                            std::to_string(std::numeric_limits<T>::max()));
  }
  return {};
}

template <class T>
Status take_list(std::string_view field, const boost::json::value& from, std::vector<T>& into) {
  const boost::json::array* array = from.if_array();
  if (array == nullptr) return wrong(field, "a list");
  std::vector<T> taken(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    if (Status status = take(field, (*array)[i], taken[i]); !status) return status;
  }
  into = std::move(taken);
  return {};
}

template <class T>
Status take_map(std::string_view field, const boost::json::value& from, std::map<std::string, T>& into) {
  const boost::json::object* object = from.if_object();
  if (object == nullptr) return wrong(field, "an object");
  std::map<std::string, T> taken;
  for (const auto& [key, value] : *object) {
    if (Status status = take(field, value, taken[std::string(key)]); !status) return status;
  }
  into = std::move(taken);
  return {};
}

// Fields of `T` that `object` has; those it lacks stay as they are. `used` counts them.
template <Described T>
Status take_fields(const boost::json::object& object, T& into, std::size_t& used) {
  Status status;
  describe(
      [&](std::string_view name, auto member) {
        if (!status) return;
        if constexpr (Part<std::remove_cvref_t<decltype(into.*member)>>) {
          status = take_fields(object, into.*member, used);
        } else if (const boost::json::value* value = object.if_contains(name)) {
          status = take(name, *value, into.*member);
          ++used;
        }
      },
      static_cast<const T*>(nullptr));
  return status;
}

template <class T>
Status take(std::string_view field, const boost::json::value& from, T& into) {
  if constexpr (is_optional<T>) {
    into.reset();
    return from.is_null() ? Status{} : take(field, from, into.emplace());
  } else if constexpr (is_vector<T>) {
    return take_list(field, from, into);
  } else if constexpr (is_map<T>) {
    return take_map(field, from, into);
  } else if constexpr (is_id<T>) {
    return take(field, from, into.uuid);
  } else if constexpr (std::same_as<T, std::string>) {
    return take_text(field, from, into);
  } else if constexpr (std::same_as<T, bool>) {
    return take_bool(field, from, into);
  } else if constexpr (Number<T>) {
    return take_number(field, from, into);
  } else if constexpr (std::is_enum_v<T>) {
    const Result<std::size_t> position = take_name(field, from, Names<T>::all);
    if (!position) return fail(position.error());
    into = static_cast<T>(*position);
    return {};
  } else if constexpr (Text<T>) {
    std::string text;
    if (Status status = take_text(field, from, text); !status) return status;
    Result<T> parsed = T::parse(text);
    if (!parsed) return wrong(field, parsed.error().message);
    into = *parsed;
    return {};
  } else {
    static_assert(Described<T>);
    const boost::json::object* object = from.if_object();
    if (object == nullptr) return wrong(field, "an object");
    std::size_t used = 0;
    return take_fields(*object, into, used);
  }
}

}  // namespace tarn::model::fields
