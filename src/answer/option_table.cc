#include "answer/option_table.h"

#include <algorithm>

namespace tarn::answer {
namespace {

using enum OptionType;

constexpr KnownOption options4[] = {
    {"netmask", 1, address},
    {"subnet-mask", 1, address},
    {"time-offset", 2, u32},
    {"router", 3, addresses},
    {"time-server", 4, addresses},
    {"dns-server", 6, addresses},
    {"domain-name-servers", 6, addresses},
    {"log-server", 7, addresses},
    {"lpr-server", 9, addresses},
    {"hostname", 12, text},
    {"host-name", 12, text},
    {"boot-file-size", 13, u16},
    {"domain-name", 15, text},
    {"swap-server", 16, address},
    {"root-path", 17, text},
    {"extension-path", 18, text},
    {"ip-forward-enable", 19, flag},
    {"non-local-source-routing", 20, flag},
    {"policy-filter", 21, address_pairs},
    {"max-datagram-reassembly", 22, u16},
    {"default-ttl", 23, u8},
    {"mtu", 26, u16},
    {"interface-mtu", 26, u16},
    {"all-subnets-local", 27, flag},
    {"broadcast", 28, address},
    {"router-discovery", 31, flag},
    {"router-solicitation", 32, address},
    {"static-route", 33, address_pairs},
    {"trailer-encapsulation", 34, flag},
    {"arp-timeout", 35, u32},
    {"ethernet-encap", 36, flag},
    {"tcp-ttl", 37, u8},
    {"tcp-keepalive", 38, u32},
    {"nis-domain", 40, text},
    {"nis-server", 41, addresses},
    {"ntp-server", 42, addresses},
    {"ntp-servers", 42, addresses},
    {"vendor-encap", 43, hex},
    {"netbios-ns", 44, addresses},
    {"netbios-dd", 45, addresses},
    {"netbios-nodetype", 46, u8},
    {"netbios-scope", 47, text},
    {"x-windows-fs", 48, addresses},
    {"x-windows-dm", 49, addresses},
    {"lease-time", 51, seconds},
    {"T1", 58, seconds},
    {"T2", 59, seconds},
    {"vendor-class", 60, text},
    {"nis+-domain", 64, text},
    {"nis+-server", 65, addresses},
    {"tftp-server", 66, text},
    {"tftp-server-name", 66, text},
    {"bootfile-name", 67, text},
    {"mobile-ip-home", 68, addresses},
    {"smtp-server", 69, addresses},
    {"pop3-server", 70, addresses},
    {"nntp-server", 71, addresses},
    {"www-server", 72, addresses},
    {"irc-server", 74, addresses},
    {"user-class", 77, text},
    {"client-arch", 93, u16},
    {"client-interface-id", 94, hex},
    {"client-machine-id", 97, hex},
    {"posix-timezone", 100, text},
    {"tzdb-timezone", 101, text},
    {"ipv6-only", 108, u32},
    {"captive-portal", 114, text},
    {"domain-search", 119, domain},
    {"sip-server", 120, hex},
    {"classless-static-route", 121, routes},
    {"vendor-id-encap", 125, hex},
    {"tftp-server-address", 150, addresses},
    {"pxelinux-magic", 208, hex},
    {"pxelinux-configfile", 209, text},
    {"pxelinux-pathprefix", 210, text},
    {"pxelinux-reboottime", 211, u32},
    {"classless-static-route-ms", 249, routes},
    {"wpad", 252, text},
    {"server-ip-address", next_server_code, address},
};

constexpr KnownOption options6[] = {
    {"vendor-class", 16, hex},     {"vendor-opts", 17, hex},        {"sip-server-domain", 21, domain},
    {"sip-server", 22, addresses}, {"dns-server", 23, addresses},   {"domain-search", 24, domain},
    {"nis-server", 27, addresses}, {"nis+-server", 28, addresses},  {"nis-domain", 29, domain},
    {"nis+-domain", 30, domain},   {"sntp-server", 31, addresses},  {"information-refresh-time", 32, seconds},
    {"posix-timezone", 41, text},  {"tzdb-timezone", 42, text},     {"ntp-server", 56, hex},
    {"bootfile-url", 59, text},    {"bootfile-param", 60, texts16}, {"sol-max-rt", 82, u32},
    {"inf-max-rt", 83, u32},       {"captive-portal", 103, text},
};

// 0 pad; 50, 52-57, 61, 255 of RFC 2132; 80 rapid commit; 82 relay agent; 90 authentication; 118 subnet selection.
constexpr std::uint16_t reserved4[] = {0, 50, 52, 53, 54, 55, 56, 57, 61, 80, 82, 90, 118};
// Sections 21.2 to 21.20 of RFC 8415 that carry the exchange itself, IA_PD and its prefixes, and client FQDN.
constexpr std::uint16_t reserved6[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 18, 19, 20, 25, 26, 39};

}  // namespace

std::span<const KnownOption> known_options(Family family) {
  return family == Family::v4 ? std::span<const KnownOption>(options4) : std::span<const KnownOption>(options6);
}

bool is_reserved(std::uint16_t code, Family family) {
  const std::span<const std::uint16_t> list =
      family == Family::v4 ? std::span<const std::uint16_t>(reserved4) : reserved6;
  return std::ranges::find(list, code) != list.end();
}

}  // namespace tarn::answer
