// Frames, checksums and names. Expected bytes are those of the RFCs and of packets written out by hand.
#include <gtest/gtest.h>

#include "rt/choice.h"
#include "wire/packet/checksum.h"
#include "wire/packet/domain_name.h"
#include "wire/packet/transport.h"

namespace tarn::wire::packet {
namespace {

Ip ip(std::string_view text) {
  return *Ip::parse(text);
}

Envelope envelope4() {
  return {.destination = {{2, 0, 0, 0, 0, 1}},
          .source = {{2, 0, 0, 0, 0, 2}},
          .from = ip("10.0.0.1"),
          .to = ip("10.0.0.2")};
}
Envelope envelope6() {
  return {
      .destination = {{2, 0, 0, 0, 0, 1}}, .source = {{2, 0, 0, 0, 0, 2}}, .from = ip("fe80::1"), .to = ip("fe80::2")};
}

std::optional<Bytes> udp_payload(ByteView frame) {
  const auto ethernet = read_ethernet(frame);
  const auto packet = ethernet ? read_ip(*ethernet) : std::nullopt;
  const auto datagram = packet ? read_udp(*packet) : std::nullopt;
  if (!datagram) return std::nullopt;
  return Bytes(datagram->payload.begin(), datagram->payload.end());
}

TEST(InternetSum, MatchesTheExampleOfRfc1071) {
  const Bytes example{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(InternetSum().add(example).folded(), 0xddf2);
}

TEST(InternetSum, CountsAnOddLastByteAsTheHighHalf) {
  EXPECT_EQ(InternetSum().add(Bytes{0x01}).folded(), 0x0100);
}

TEST(Frames, UdpOverBothFamiliesReadsBackAsItWasBuilt) {
  rt::Seeded choice(1);
  for (int run = 0; run < 200; ++run) {
    Bytes payload(choice.below(300));
    for (Byte& byte : payload) byte = static_cast<Byte>(choice.below(256));
    EXPECT_EQ(udp_payload(build_udp(envelope4(), {67, 68}, payload)), payload);
    EXPECT_EQ(udp_payload(build_udp(envelope6(), {547, 546}, payload)), payload);
  }
}

TEST(Frames, TheShortestFramesPaddingIsNotPayload) {
  Bytes frame = build_udp(envelope4(), {1, 2}, Bytes{7});
  frame.resize(60);
  EXPECT_EQ(udp_payload(frame), Bytes{7});
}

TEST(Frames, EveryFlippedBitBehindTheAddressesIsNoticed) {
  const Bytes frame = build_udp(envelope6(), {1, 2}, Bytes{1, 2, 3});
  for (std::size_t at = 14 + 8; at < frame.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes bent = frame;
      bent[at] = static_cast<Byte>(bent[at] ^ (1 << bit));
      EXPECT_EQ(udp_payload(bent), std::nullopt) << at << ' ' << bit;
    }
  }
}

TEST(Frames, ASumLeftToTheNetworkCardIsAccepted) {
  Bytes frame = build_udp(envelope4(), {1, 2}, Bytes{1, 2, 3});
  const std::uint16_t bare = InternetSum().add_pseudo_header(ip("10.0.0.1"), ip("10.0.0.2"), 17, 11).folded();
  frame[40] = static_cast<Byte>(bare >> 8);
  frame[41] = static_cast<Byte>(bare);
  EXPECT_EQ(udp_payload(frame), (Bytes{1, 2, 3}));
}

TEST(Frames, NoChecksumIsAcceptedOverIpv4Only) {
  Bytes four = build_udp(envelope4(), {1, 2}, Bytes{1, 2, 3});
  four[40] = four[41] = 0;
  EXPECT_TRUE(udp_payload(four).has_value());
  Bytes six = build_udp(envelope6(), {1, 2}, Bytes{1, 2, 3});
  six[60] = six[61] = 0;
  EXPECT_EQ(udp_payload(six), std::nullopt);
}

TEST(Frames, ADatagramLongerThanItsPacketIsRefused) {
  Bytes frame = build_udp(envelope4(), {1, 2}, Bytes{1, 2, 3});
  frame[39] = 12;             // its length says one byte more than there is
  frame[40] = frame[41] = 0;  // and no checksum gives it away
  EXPECT_EQ(udp_payload(frame), std::nullopt);
}

TEST(Frames, FragmentsAreNotRead) {
  for (const Byte flags : Bytes{0x20, 0x01}) {  // more fragments; an offset
    Bytes frame = build_udp(envelope4(), {1, 2}, Bytes{1});
    frame[20] = flags;
    frame[24] = frame[25] = 0;
    const std::uint16_t sum = InternetSum().add(ByteView(frame).subspan(14, 20)).value();
    frame[24] = static_cast<Byte>(sum >> 8);
    frame[25] = static_cast<Byte>(sum);
    EXPECT_EQ(udp_payload(frame), std::nullopt);
  }
}

TEST(Frames, EveryTruncationIsRefused) {
  for (const Envelope& envelope : {envelope4(), envelope6()}) {
    const Bytes frame = build_udp(envelope, {1, 2}, Bytes{1, 2, 3});
    for (std::size_t size = 0; size < frame.size(); ++size) {
      EXPECT_EQ(udp_payload(ByteView(frame).first(size)), std::nullopt) << size;
    }
  }
}

TEST(Frames, Icmp6ReadsBackAndItsChecksumIsChecked) {
  Bytes frame = build_icmp6(envelope6(), 133, 0, Bytes{0, 0, 0, 0});
  const auto ethernet = read_ethernet(frame);
  const auto packet = read_ip(*ethernet);
  ASSERT_TRUE(packet);
  ASSERT_TRUE(read_icmp6(*packet));
  EXPECT_EQ(read_icmp6(*packet)->type, 133);
  EXPECT_EQ(read_icmp6(*packet)->body.size(), 4U);
  frame.back() ^= 1;
  EXPECT_FALSE(read_icmp6(*packet));
}

TEST(Frames, AnIpv6GroupHasItsOwnLinkAddress) {
  EXPECT_EQ(multicast_mac(ip("ff02::1:ff00:5")).text(), "33:33:ff:00:00:05");
}

TEST(DomainNames, AreLabelsBehindTheirLengths) {
  EXPECT_EQ(encode_domain("example.org"), encode_domain("example.org."));
  EXPECT_EQ(*encode_domain("ab.c"), (Bytes{2, 'a', 'b', 1, 'c', 0}));
}

TEST(DomainNames, ThatNoServerCouldHoldAreRefused) {
  for (const std::string& name : {std::string(), std::string("."), std::string("a..b"), std::string(64, 'a'),
                                  std::string(".a"), std::string(254, 'a')}) {
    EXPECT_FALSE(encode_domain(name)) << name;
  }
}

TEST(DomainNames, DecodeSkipsPaddingAndRefusesPointersAndMissingEnds) {
  EXPECT_EQ(*decode_domains(Bytes{1, 'a', 0, 1, 'b', 1, 'c', 0, 0, 0}), (std::vector<std::string>{"a", "b.c"}));
  for (const Bytes& bytes : {Bytes{1, 'a'}, Bytes{2, 'a', 0}, Bytes{0xc0, 0}, Bytes{1, 'a', 0xc0, 0}}) {
    EXPECT_FALSE(decode_domains(bytes));
  }
}

}  // namespace
}  // namespace tarn::wire::packet
