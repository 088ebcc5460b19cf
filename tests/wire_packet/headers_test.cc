// What the beginning of a frame tells; the frames are written here byte by byte from the RFCs.
#include "wire/packet/headers.h"

#include <gtest/gtest.h>

namespace tarn::wire::packet {
namespace {

const Bytes ethernet{0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1};

Bytes frame(std::initializer_list<Bytes> parts) {
  Bytes whole = ethernet;
  for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

// 10.0.0.1 to 10.0.0.2, 60 bytes in all.
Bytes ipv4(std::uint8_t protocol, std::uint16_t fragment = 0, std::uint8_t words = 5) {
  Bytes header{0x08,
               0x00,
               static_cast<Byte>(0x40 | words),
               0,
               0,
               60,
               0,
               0,
               static_cast<Byte>(fragment >> 8),
               static_cast<Byte>(fragment),
               64,
               protocol,
               0,
               0,
               10,
               0,
               0,
               1,
               10,
               0,
               0,
               2};
  header.resize(header.size() + 4U * (words - 5U));
  return header;
}
Bytes ipv6(std::uint8_t next) {
  Bytes header{0x86, 0xdd, 0x60, 0, 0, 0, 0, 40, next, 64};
  for (const Byte last : {Byte{1}, Byte{2}}) {
    Bytes address(16);
    address[0] = 0xfd;
    address[15] = last;
    header.insert(header.end(), address.begin(), address.end());
  }
  return header;
}
const Bytes from_1000_to_80{0x03, 0xe8, 0x00, 0x50};

TEST(Headers, of_tcp_in_ipv4) {
  const auto headers = read_headers(frame({ipv4(6), from_1000_to_80}));
  ASSERT_TRUE(headers.has_value());
  EXPECT_EQ(headers->source.text(), "02:00:00:00:00:01");
  EXPECT_EQ(headers->destination.text(), "02:00:00:00:00:02");
  EXPECT_EQ(headers->from->text(), "10.0.0.1");
  EXPECT_EQ(headers->to->text(), "10.0.0.2");
  EXPECT_EQ(headers->protocol, 6);
  EXPECT_EQ(headers->ip_bytes, 60);
  ASSERT_TRUE(headers->ports.has_value());
  EXPECT_EQ(headers->ports->source, 1000);
  EXPECT_EQ(headers->ports->destination, 80);
  EXPECT_FALSE(headers->icmp.has_value());
}

TEST(Headers, ports_stand_behind_the_options_of_ipv4) {
  const auto headers = read_headers(frame({ipv4(17, 0, 7), from_1000_to_80}));
  ASSERT_TRUE(headers && headers->ports);
  EXPECT_EQ(headers->ports->destination, 80);
}

TEST(Headers, a_later_fragment_has_no_ports) {
  const auto first = read_headers(frame({ipv4(17, 0x2000), from_1000_to_80}));
  EXPECT_TRUE(first->ports.has_value());
  const auto later = read_headers(frame({ipv4(17, 0x2005), from_1000_to_80}));
  EXPECT_TRUE(later->later_fragment);
  EXPECT_FALSE(later->ports.has_value());
}

TEST(Headers, of_icmp_in_both_versions) {
  const auto echo = read_headers(frame({ipv4(1), {8, 3}}));
  ASSERT_TRUE(echo && echo->icmp);
  EXPECT_EQ(echo->icmp->type, 8);
  EXPECT_EQ(echo->icmp->code, 3);
  const auto echo6 = read_headers(frame({ipv6(58), {128, 0}}));
  ASSERT_TRUE(echo6 && echo6->icmp);
  EXPECT_EQ(echo6->icmp->type, 128);
  EXPECT_EQ(echo6->from->text(), "fd00::1");
}

TEST(Headers, extension_headers_are_walked) {
  const Bytes hop_by_hop{60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};  // then destination options
  const Bytes options{44, 0, 0, 0, 0, 0, 0, 0};                             // then a fragment header
  const Bytes first_fragment{17, 0, 0, 1, 0, 0, 0, 9};
  const Bytes later_fragment{17, 0, 0, 8, 0, 0, 0, 9};
  const auto first = read_headers(frame({ipv6(0), hop_by_hop, options, first_fragment, from_1000_to_80}));
  ASSERT_TRUE(first && first->ports);
  EXPECT_EQ(first->protocol, 17);
  EXPECT_EQ(first->ports->source, 1000);
  const auto later = read_headers(frame({ipv6(0), hop_by_hop, options, later_fragment, from_1000_to_80}));
  EXPECT_TRUE(later->later_fragment);
  EXPECT_EQ(later->protocol, 17);
  EXPECT_FALSE(later->ports.has_value());
}

TEST(Headers, a_cut_frame_tells_what_is_whole) {
  const Bytes whole = frame({ipv4(6), from_1000_to_80});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto headers = read_headers(ByteView(whole).first(size));
    EXPECT_EQ(headers.has_value(), size >= 14) << size;
    if (!headers) continue;
    EXPECT_EQ(headers->from.has_value(), size >= 34) << size;
    EXPECT_FALSE(headers->ports.has_value()) << size;
  }
}

TEST(Headers, of_others_the_ether_type_is_all) {
  const auto headers = read_headers(frame({{0x88, 0xcc, 1, 2, 3}}));
  ASSERT_TRUE(headers.has_value());
  EXPECT_EQ(headers->ether_type, 0x88cc);
  EXPECT_FALSE(headers->protocol.has_value());
}

}  // namespace
}  // namespace tarn::wire::packet
