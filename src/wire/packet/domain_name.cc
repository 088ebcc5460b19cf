#include "wire/packet/domain_name.h"

namespace tarn::wire::packet {
namespace {
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t name_bytes_max = 255;
}  // namespace

Result<Bytes> encode_domain(std::string_view name) {
  const auto bad = [&] { return fail(ErrorCode::invalid, "'" + std::string(name) + "' is not a valid domain name."); };
  std::string_view rest = name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
  if (rest.empty()) return bad();
  ByteWriter writer;
  for (bool more = true; more;) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (label.empty() || label.size() > label_bytes_max) return bad();
    writer.u8(static_cast<std::uint8_t>(label.size())).put(label);
    more = dot != std::string_view::npos;
    if (more) rest.remove_prefix(dot + 1);
  }
  writer.u8(0);
  if (writer.size() > name_bytes_max) return bad();
  return std::move(writer).finish();
}

Result<std::vector<std::string>> decode_domains(ByteView bytes) {
  std::vector<std::string> names;
  std::string name;
  ByteReader reader(bytes);
  while (reader.left() > 0) {
    const std::size_t length = reader.u8();
    if (length > label_bytes_max) return fail(ErrorCode::invalid, "A domain name uses compression.");
    if (length == 0) {
      if (!name.empty()) names.push_back(std::move(name));
      name.clear();
      continue;
    }
    const ByteView label = reader.take(length);
    if (!name.empty()) name += '.';
    name.append(label.begin(), label.end());
    if (!reader.ok() || name.size() >= name_bytes_max) return fail(ErrorCode::invalid, "A domain name is cut short.");
  }
  if (!name.empty()) return fail(ErrorCode::invalid, "A domain name has no end.");
  return names;
}

}  // namespace tarn::wire::packet
