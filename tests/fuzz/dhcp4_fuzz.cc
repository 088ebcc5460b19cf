// Arbitrary DHCPv4 messages from a port's own client. What decodes must survive being encoded and decoded again, and
// no answer may be larger than a frame.
#include "answer/sample.h"
#include "base/check.h"
#include "wire/dhcp/dhcp4.h"
#include "wire/packet/transport.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn;
  if (size > 4000) return 0;
  const ByteView bytes(data, size);
  if (const auto message = wire::dhcp::decode4(bytes)) {
    const auto again = wire::dhcp::decode4(wire::dhcp::encode4(*message, {}, 65000));
    CHECK(again && *again == *message);
  }
  static_cast<void>(wire::dhcp::decode_routes(bytes));
  const answer::PortAnswers port = answer::sample_port();
  const wire::packet::Envelope envelope{.destination = wire::packet::broadcast_mac,
                                        .source = port.mac,
                                        .from = Ip(),
                                        .to = answer::ip("255.255.255.255")};
  const auto reply = answer::answer(port, wire::packet::build_udp(envelope, {68, 67}, bytes));
  CHECK(!reply || reply->size() <= 1514);
  static_cast<void>(answer::answer(port, bytes));
  return 0;
}
