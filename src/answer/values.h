// What a port's workload is told about itself: its leases and its network's advertisement, as plain values that the
// renderer makes and answer.h turns into frames. They are compared to see whether a port's answers have changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"

namespace tarn::answer {

constexpr std::uint32_t infinite_s = 0xffffffff;  // RFC 2131 section 3.3, RFC 8415 section 7.7

struct Route {
  Prefix to;
  Ip via;  // 0.0.0.0: on-link

  auto operator<=>(const Route&) const = default;
};

// An option the tenant asks for, in the words of extra_options.h, whose check it has passed.
struct ExtraOption {
  std::string name;
  std::string value;

  auto operator<=>(const ExtraOption&) const = default;
};

struct Dhcp4Lease {
  Mac server_mac;
  Ip server_id;  // also the source of replies
  Ip address;
  int prefix_length = 24;
  std::optional<Ip> router;
  std::vector<Ip> dns_servers;
  std::uint32_t mtu = 0;  // 0: not told
  std::uint32_t lease_s = 86400;
  std::string domain_name;
  std::string host_name;
  std::vector<Route> routes;  // the default route is added from `router` (RFC 3442)
  std::vector<ExtraOption> extra;

  bool operator==(const Dhcp4Lease&) const = default;
};

struct Dhcp6Lease {
  Mac server_mac;             // replies come from its link-local address; the server's DUID is made of it
  std::vector<Ip> addresses;  // of the port; empty where DHCPv6 only configures (stateless)
  std::vector<Ip> dns_servers;
  std::uint32_t preferred_s = 86400;
  std::uint32_t valid_s = 86400;
  std::string domain_name;  // told as the search list
  std::vector<ExtraOption> extra;

  bool operator==(const Dhcp6Lease&) const = default;
};

struct PrefixItem {
  Prefix prefix;
  bool autonomous = true;  // SLAAC
  bool on_link = true;

  auto operator<=>(const PrefixItem&) const = default;
};

struct Advertisement {
  Mac router_mac;  // the source is its link-local address
  std::vector<PrefixItem> prefixes;
  bool managed = false;                 // addresses by DHCPv6
  bool other = false;                   // configuration by DHCPv6
  std::uint32_t mtu = 0;                // 0: not told
  std::uint16_t router_lifetime_s = 0;  // 0: not a default router
  std::uint32_t preferred_s = 14400;    // of every prefix
  std::uint32_t valid_s = 86400;
  std::uint32_t dns_lifetime_s = 1800;  // RFC 8106 section 5.1: at least the interval of unsolicited advertisements
  std::vector<Ip> dns_servers;
  std::vector<std::string> dns_search;

  bool operator==(const Advertisement&) const = default;
};

struct PortAnswers {
  std::uint32_t target = 0;  // by which the last step of the pipeline knows the port
  Mac mac;
  std::optional<Dhcp4Lease> dhcp4;
  std::optional<Dhcp6Lease> dhcp6;
  std::optional<Advertisement> advertisement;

  bool operator==(const PortAnswers&) const = default;
};

// Addresses of ours on a physical segment, which others there may still hold to be elsewhere.
struct Announcement {
  std::uint32_t network_number = 0;
  Mac mac;
  std::vector<Ip> addresses;
  // The hosts that may answer as well and are not in sight, in order. One less is one who may have answered until now,
  // not seeing this one either: it is to be said again.
  std::vector<std::string> hidden = {};

  bool operator==(const Announcement&) const = default;
};

// A port here is asked whether it has an address that it may take, as long as nobody is known to have it.
struct Inquiry {
  std::uint32_t target = 0;  // by which the last step of the pipeline knows the port
  Mac mac;                   // who asks
  Ip address;

  bool operator==(const Inquiry&) const = default;
};

// Who is asked for on a physical segment before there is anything to send to them.
struct NextHops {
  std::uint32_t network_number = 0;
  Mac mac;  // who asks
  std::vector<Ip> addresses;

  bool operator==(const NextHops&) const = default;
};

}  // namespace tarn::answer
