// UDP datagrams and ICMP messages inside frames: views of received ones, which point into the frame and must not
// outlive it, and whole frames to send. Never reassembles fragments.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/packet/frame.h"

namespace tarn::wire::packet {

struct UdpView {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  ByteView payload;
};
// Nothing unless `packet` holds a whole datagram with a right checksum. Also accepted: no checksum over IPv4
// (RFC 768), and the bare pseudo-header sum. The frame comes from a workload's port over memory, and a sender that
// leaves its checksum to the network card has written no more than that.
std::optional<UdpView> read_udp(const IpView& packet);

struct UdpPorts {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
};
Bytes build_udp(const Envelope& envelope, const UdpPorts& ports, ByteView payload);

struct Icmp6View {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  ByteView body;  // behind the checksum
};
std::optional<Icmp6View> read_icmp6(const IpView& packet);  // nothing unless the checksum is right
Bytes build_icmp4(const Envelope& envelope, std::uint8_t type, std::uint8_t code, ByteView body);  // RFC 792
Bytes build_icmp6(const Envelope& envelope, std::uint8_t type, std::uint8_t code, ByteView body);

}  // namespace tarn::wire::packet
