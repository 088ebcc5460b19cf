// Arbitrary router solicitations and advertisements, and whole frames.
#include "answer/sample.h"
#include "base/check.h"
#include "wire/nd/neighbour.h"
#include "wire/nd/router.h"
#include "wire/packet/transport.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn;
  if (size > 4000) return 0;
  const ByteView bytes(data, size);
  if (const auto message = wire::nd::decode_advertisement(bytes)) {
    // A label with a dot inside, or an empty prefix of options, has no text form: only the fixed part must survive.
    const auto again = wire::nd::decode_advertisement(wire::nd::encode(*message));
    CHECK(again && again->prefixes == message->prefixes && again->dns_servers == message->dns_servers);
    CHECK(again->mtu == message->mtu && again->source_link == message->source_link);
  }
  const answer::PortAnswers port = answer::sample_port();
  const wire::packet::Envelope envelope{.destination = answer::mac("33:33:00:00:00:02"),
                                        .source = port.mac,
                                        .from = Ip::link_local(port.mac),
                                        .to = answer::ip("ff02::2"),
                                        .hop_limit = 255};
  const auto reply = answer::answer(port, wire::packet::build_icmp6(envelope, 133, 0, bytes));
  CHECK(reply.has_value() == wire::nd::decode_solicitation(bytes).has_value());
  if (const auto message = wire::nd::decode_neighbour_advertisement(bytes))
    CHECK(wire::nd::decode_neighbour_advertisement(wire::nd::encode(*message)) == message);
  if (const auto message = wire::nd::decode_neighbour_solicitation(bytes))
    CHECK(wire::nd::decode_neighbour_solicitation(wire::nd::encode(*message)) == message);
  static_cast<void>(answer::completed_advertisement(wire::packet::build_icmp6(envelope, 136, 0, bytes)));
  static_cast<void>(answer::completed_advertisement(bytes));
  for (const char* own : {"192.0.2.1", "fd00::1"})
    static_cast<void>(answer::router_error({answer::NoWay::too_big, port.mac, answer::ip(own), 1400}, bytes));
  static_cast<void>(answer::answer(port, bytes));
  return 0;
}
