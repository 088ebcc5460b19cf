// The options that a tenant adds to the answers of one port (extra_dhcp_opts of the Networking API).
// A name is one of option_table.h or a number; it may stand behind "tag:ipxe," or "tag:!ipxe,", which select clients
// that are, or are not, iPXE (also spelled ipxe6), as bare-metal deployers write to chain boot loaders.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "answer/values.h"
#include "base/bytes.h"
#include "base/result.h"

namespace tarn::answer {

// Whether the API may store this option: a known name or a free number, and a value that fits its type.
// `ip_version` is 4 or 6. An empty value is allowed for "router" and "classless-static-route": send none.
Status check_extra_option(std::string_view name, std::string_view value, int ip_version);

struct ExtraBytes {
  std::map<std::uint16_t, Bytes> options;  // by code; the first of equal codes counts
  std::set<std::uint16_t> suppressed;      // codes that are not to be sent at all
  std::optional<Ip> next_server;           // siaddr
};

// What of `extra` this client gets. Options that do not pass the check are left out.
ExtraBytes extra_options(std::span<const ExtraOption> extra, Family family, bool client_is_ipxe);

}  // namespace tarn::answer
