// The switch's refusals in words: OpenFlow 1.5 section 7.5.4, the types and codes a flow or a bundle can meet.
#include <fmt/format.h>

#include <array>
#include <span>
#include <string_view>

#include "wire/openflow/codec.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint16_t experimenter_error = 0xffff;

struct Kind {
  std::uint16_t type;
  std::string_view name;
  std::span<const std::string_view> codes;
};

constexpr auto hello_codes = std::to_array<std::string_view>({"incompatible version", "permission denied"});
constexpr auto request_codes = std::to_array<std::string_view>(
    {"bad version", "bad type", "bad multipart type", "bad experimenter", "bad experimenter type", "permission denied",
     "bad length", "buffer empty", "buffer unknown", "bad table", "is slave", "bad port", "bad packet",
     "multipart buffer overflow", "multipart request timeout", "multipart reply timeout", "pipeline fields only"});
constexpr auto action_codes = std::to_array<std::string_view>(
    {"unknown type", "bad length", "bad experimenter", "bad experimenter type", "bad output port", "bad argument",
     "permission denied", "too many", "bad queue", "bad output group", "match inconsistent", "unsupported order",
     "bad tag", "bad set type", "bad set length", "bad set argument", "bad set mask", "bad meter"});
constexpr auto instruction_codes = std::to_array<std::string_view>(
    {"unknown instruction", "unsupported instruction", "bad table", "unsupported metadata", "unsupported metadata mask",
     "bad experimenter", "bad experimenter type", "bad length", "permission denied", "duplicate instruction"});
constexpr auto match_codes = std::to_array<std::string_view>(
    {"bad type", "bad length", "bad tag", "bad datalink mask", "bad network mask", "bad wildcards", "bad field",
     "bad value", "bad mask", "bad prerequisite", "duplicate field", "permission denied"});
constexpr auto flow_codes = std::to_array<std::string_view>(
    {"unknown", "table full", "bad table", "overlapping entry", "permission denied", "bad timeout", "bad command",
     "bad flags", "cannot synchronise", "bad priority", "is synchronised"});
constexpr auto bundle_codes = std::to_array<std::string_view>(
    {"unknown", "permission denied", "bad id", "bundle exists", "bundle closed", "out of bundles", "bad type",
     "bad flags", "bad message length", "bad message transaction id", "unsupported message", "message conflict",
     "too many messages", "a message failed", "timeout", "bundle in progress", "cannot schedule",
     "schedule too far ahead", "schedule in the past"});

constexpr auto kinds = std::to_array<Kind>({
    {0, "hello failed", hello_codes},
    {1, "bad request", request_codes},
    {2, "bad action", action_codes},
    {3, "bad instruction", instruction_codes},
    {4, "bad match", match_codes},
    {5, "flow mod failed", flow_codes},
    {17, "bundle failed", bundle_codes},
});

}  // namespace

std::string text(const ErrorReply& error) {
  if (error.type == experimenter_error) {
    ByteReader in(error.data);
    return fmt::format("experimenter {:#x} error {}", in.u32(), error.code);
  }
  for (const Kind& kind : kinds) {
    if (kind.type != error.type) continue;
    if (error.code < kind.codes.size()) return fmt::format("{}: {}", kind.name, kind.codes[error.code]);
    return fmt::format("{}: code {}", kind.name, error.code);
  }
  return fmt::format("error type {} code {}", error.type, error.code);
}

}  // namespace tarn::wire::of
