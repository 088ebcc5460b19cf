#include "answer/identity.h"

#include "base/hash.h"

namespace tarn::answer {

Mac service_mac(const NetworkId& network) {
  const std::uint64_t hash = ContentHash().add("service-mac").add(network.uuid.bytes).value();
  Mac mac;
  mac.bytes[0] = 0x0e;  // locally administered, unicast (IEEE 802-2014 section 8.4)
  for (std::size_t i = 1; i < mac.bytes.size(); ++i) mac.bytes[i] = static_cast<std::uint8_t>(hash >> (8 * (i - 1)));
  return mac;
}

Ip service_address() {
  return Ip::from_v4(0xa9fea9fe);
}

Ip service_address6() {
  return Ip::from_v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa9, 0xfe, 0xa9, 0xfe});
}

}  // namespace tarn::answer
