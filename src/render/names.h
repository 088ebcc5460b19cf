// Names of the ports that Tarn makes on the switch. At most 15 bytes (IFNAMSIZ), the same on every node and after every
// start, so that what is there is found again. Names only: what the ports are stands in node_unit.cc and rows.h.
#pragma once

#include <string>

namespace tarn::render {

inline constexpr const char* tunnel_port_name = "tarn-vxlan";
inline constexpr const char* gre_port_name = "tarn-gre";
inline constexpr const char* gre6_port_name = "tarn-gre6";  // to IPv6 addresses, as the next but one
inline constexpr const char* erspan_port_name = "tarn-erspan";
inline constexpr const char* erspan6_port_name = "tarn-erspan6";

// The two ends of the patch between the integration bridge and a physical network's bridge: "ti-physnet1" and
// "tp-physnet1"; longer or unusual names are replaced by twelve digits of their hash.
struct PatchNames {
  std::string integration_end;
  std::string provider_end;
};
PatchNames patch_names(const std::string& physical_network);

// By which this node watches a host: "tb-" and twelve digits of its hash.
std::string watch_port_name(const std::string& host);

}  // namespace tarn::render
