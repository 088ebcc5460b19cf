// The validators of the dialect: what a client may write, and what the model gets for it.
// Pure; rules that need the cloud's state belong to model::admit.
#pragma once

#include <initializer_list>

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

Type text(std::size_t length_max);  // characters, counted as UTF-8 code points
Result<bool> boolean_word(std::string_view text);
Type boolean();  // true, "True", "1", 1, …
Type integer(std::int64_t low, std::int64_t high);
Type uuid();
// An id that Neutron looks up without asking whether it can be one: what is no UUID names nothing (404).
Type id_of(std::string name, std::string not_found);
Type mac();
Type ip();
Type or_null(Type type);
Type ip_version();
Type cidr();    // without host bits
Type prefix();  // CIDR or address, host bits cleared
// API word → model word, e.g. {"dhcpv6-stateful", "dhcpv6_stateful"}. `null_as`: the model's word for a JSON null.
struct Word {
  std::string api;
  std::string model;
};
Type one_of(std::vector<Word> words, std::optional<std::string> null_as = std::nullopt);
Type one_of_numbers(std::vector<std::int64_t> numbers);
Type dictionary(std::size_t bytes_max);  // a JSON object, passed on as text; null is {}
Type texts(std::size_t length_max);      // list of strings; null is []
Type tags();                             // at most 50 of at most 255 characters (users.md 44)

Type fixed_ips();
Type allocation_pools();
Type host_routes();
Type dns_nameservers();
Type uuids();     // each once; null is []
Type prefixes();  // list of CIDRs, host bits cleared
Type prefixes_or_addresses();
Type address_pairs();
Type dhcp_options();
Type sub_ports();  // of trunks
Type network_segments();
Type domain_name();  // RFC 1123 section 2.1, in lower case; "" is none
Type dns_domain();   // one that ends with a dot

// For what is shown but has no meaning here yet: only null may be given.
Type only_null(std::string reason);
// Shown only; anything given is refused before its type is asked. Filters compare texts, or booleans, or numbers.
Type shown_text();
Type shown_boolean();
Type shown_number();
Type shown(std::string words);  // not filterable

}  // namespace tarn::api::dialect
