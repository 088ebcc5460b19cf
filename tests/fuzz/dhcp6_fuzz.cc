// Arbitrary DHCPv6 messages from a port's own client. Decoding undoes encoding, and no answer is larger than a frame.
#include "answer/sample.h"
#include "base/check.h"
#include "wire/dhcp/dhcp6.h"
#include "wire/packet/transport.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn;
  if (size > 4000) return 0;
  const ByteView bytes(data, size);
  if (const auto message = wire::dhcp::decode6(bytes)) {
    const auto again = wire::dhcp::decode6(wire::dhcp::encode6(*message));
    CHECK(again && *again == *message);
  }
  if (const auto ia = wire::dhcp::decode_ia_na(bytes)) {
    const auto again = wire::dhcp::decode_ia_na(wire::dhcp::encode_ia_na(*ia));
    CHECK(again && *again == *ia);
  }
  const answer::PortAnswers port = answer::sample_port();
  const wire::packet::Envelope envelope{.destination = answer::mac("33:33:00:01:00:02"),
                                        .source = port.mac,
                                        .from = Ip::link_local(port.mac),
                                        .to = answer::ip("ff02::1:2")};
  const auto reply = answer::answer(port, wire::packet::build_udp(envelope, {546, 547}, bytes));
  CHECK(!reply || reply->size() <= 1514);
  return 0;
}
