// An IPv4 address and a port as the kernel's calls on sockets take them.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>

#include "base/address.h"

namespace tarn::bench {

inline sockaddr_in endpoint(const Ip& address, std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(address.v4());
  return where;
}

}  // namespace tarn::bench
