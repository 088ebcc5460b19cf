// Laws of every answer: garbage is silence, replies go home, nothing depends on anything but the values.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "answer/fixtures/frames.h"
#include "answer/identity.h"
#include "answer/sample.h"
#include "rt/choice.h"
#include "wire/dhcp/dhcp4.h"
#include "wire/packet/checksum.h"
#include "wire/packet/transport.h"

namespace tarn::answer {
namespace {

namespace packet = wire::packet;

constexpr std::string_view requests[] = {
    frames::discover,      frames::request_selecting, frames::request_renewing, frames::inform,
    frames::solicit,       frames::solicit_two,       frames::request6,         frames::renew_wrong,
    frames::confirm_wrong, frames::information,       frames::solicitation,     frames::solicitation_unspecified};

TEST(AnswerLaws, EveryTruncationOfEveryRequestIsSilence) {
  const PortAnswers port = sample_port();
  for (const std::string_view request : requests) {
    const Bytes whole = from_hex(request);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // A copy of exactly this size, so that the sanitizer sees any read past the end.
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(answer(port, cut), std::nullopt) << size;
    }
  }
}

// What the switch made of a solicitation: the rest is done to it, and nothing else is taken for such a thing.
TEST(AnswerLaws, AnAdvertisementIsCompletedAndNothingElseIs) {
  const Mac router = mac("fa:16:3e:00:00:01");
  packet::Envelope envelope{.destination = mac("fa:16:3e:00:00:02"),
                            .source = router,
                            .from = ip("fd00::1"),
                            .to = ip("fd00::2"),
                            .hop_limit = 255};
  // Flags zero, the target, and the asker's own option of type 1.
  Bytes body(4, 0);
  body.insert(body.end(), envelope.from.bytes.begin(), envelope.from.bytes.end());
  const Bytes option = from_hex("0101fa163e000002");
  body.insert(body.end(), option.begin(), option.end());
  const Bytes half = packet::build_icmp6(envelope, 136, 0, body);
  Bytes wanted = body;
  wanted[0] = 0xe0;  // router, solicited, override
  wanted[20] = 0x02;
  std::copy(router.bytes.begin(), router.bytes.end(), wanted.begin() + 22);
  EXPECT_EQ(completed_advertisement(half), packet::build_icmp6(envelope, 136, 0, wanted));
  for (std::size_t size = 0; size < half.size(); ++size)
    EXPECT_EQ(completed_advertisement(Bytes(half.begin(), half.begin() + static_cast<std::ptrdiff_t>(size))),
              std::nullopt);
  EXPECT_EQ(completed_advertisement(packet::build_icmp6(envelope, 135, 0, body)), std::nullopt);
  envelope.from = ip("fd00::3");
  EXPECT_EQ(completed_advertisement(packet::build_icmp6(envelope, 136, 0, body)), std::nullopt) << "not the target";
  envelope.from = ip("fd00::1");
  envelope.hop_limit = 254;
  EXPECT_EQ(completed_advertisement(packet::build_icmp6(envelope, 136, 0, body)), std::nullopt) << "was forwarded";
}

// A datagram for a router to pass on, and what the router says of it.
const Mac router = mac("fa:16:3e:00:00:01");
const Mac sender = mac("fa:16:3e:00:00:02");
Bytes sent(const char* from, const char* to, std::size_t bytes) {
  return packet::build_udp({.destination = router, .source = sender, .from = ip(from), .to = ip(to)}, {4000, 5000},
                           Bytes(bytes, 7));
}
std::optional<Bytes> said(NoWay why, const Bytes& frame, const char* own, std::uint32_t mtu = 0) {
  return router_error({why, sender, ip(own), mtu}, frame);
}

// What a host may hear of its packet: RFC 792 and 4443 say what, RFC 1812 and 4443 of what never.
TEST(AnswerLaws, ARouterSaysWhyAPacketWentNoFurther) {
  const Bytes four = sent("10.0.0.2", "10.1.0.9", 1000);
  const std::map<NoWay, std::pair<int, int>> in_v4{{NoWay::no_hops, {11, 0}},
                                                   {NoWay::no_route, {3, 0}},
                                                   {NoWay::no_neighbour, {3, 1}},
                                                   {NoWay::no_listener, {3, 3}},
                                                   {NoWay::too_big, {3, 4}}};
  for (const auto& [why, numbers] : in_v4) {
    const auto reply = said(why, four, "10.0.0.1", 900);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->size(), 14U + 576U);
    const auto ethernet = packet::read_ethernet(*reply);
    ASSERT_TRUE(ethernet && ethernet->destination == sender && ethernet->source == router);
    const auto message = packet::read_ip(*ethernet);  // its header's checksum is right
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->source, ip("10.0.0.1"));
    EXPECT_EQ(message->destination, ip("10.0.0.2"));
    EXPECT_EQ(message->payload[0], numbers.first);
    EXPECT_EQ(message->payload[1], numbers.second);
    EXPECT_EQ(packet::InternetSum().add(message->payload).value(), 0);
    const std::uint32_t mtu = why == NoWay::too_big ? 900 : 0;
    EXPECT_EQ(ByteReader(message->payload.subspan(4)).u32(), mtu);
    EXPECT_TRUE(std::ranges::equal(message->payload.subspan(8), ByteView(four).subspan(14, 548)));
  }
  const Bytes six = sent("fd00::2", "fd01::9", 100);
  const std::map<NoWay, std::pair<int, int>> in_v6{{NoWay::no_hops, {3, 0}},
                                                   {NoWay::no_route, {1, 0}},
                                                   {NoWay::no_neighbour, {1, 3}},
                                                   {NoWay::no_listener, {1, 4}},
                                                   {NoWay::too_big, {2, 0}}};
  for (const auto& [why, numbers] : in_v6) {
    const auto reply = said(why, six, "fd00::1", 1280);
    ASSERT_TRUE(reply.has_value());
    const auto ethernet = packet::read_ethernet(*reply);
    const auto outer = packet::read_ip(*ethernet);
    const auto message = packet::read_icmp6(*outer);  // its checksum is right
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->type, numbers.first);
    EXPECT_EQ(message->code, numbers.second);
    EXPECT_TRUE(std::ranges::equal(message->body.subspan(4), ByteView(six).subspan(14)));
  }
}

TEST(AnswerLaws, OfSomePacketsARouterSaysNothing) {
  const Bytes four = sent("10.0.0.2", "10.1.0.9", 1000);
  const Bytes six = sent("fd00::2", "fd01::9", 100);
  EXPECT_EQ(said(NoWay::no_hops, four, "fd00::1"), std::nullopt) << "of another family";
  for (const auto& [from, to] :
       {std::pair("0.0.0.0", "10.1.0.9"), std::pair("10.0.0.2", "224.0.0.9"), std::pair("10.0.0.2", "255.255.255.255"),
        std::pair("239.0.0.1", "10.1.0.9"), std::pair("127.0.0.1", "10.1.0.9")})
    EXPECT_EQ(said(NoWay::no_route, sent(from, to, 10), "10.0.0.1"), std::nullopt) << from << " " << to;
  EXPECT_EQ(said(NoWay::no_route, *said(NoWay::no_hops, four, "10.0.0.1"), "10.0.0.1"), std::nullopt) << "of an error";
  EXPECT_EQ(said(NoWay::no_route, *said(NoWay::no_hops, six, "fd00::1"), "fd00::1"), std::nullopt) << "of an error";
  for (std::size_t size = 0; size < four.size(); ++size)
    EXPECT_EQ(said(NoWay::no_hops, Bytes(four.begin(), four.begin() + static_cast<std::ptrdiff_t>(size)), "10.0.0.1"),
              std::nullopt);
}

TEST(AnswerLaws, RandomBytesAreSilence) {
  const PortAnswers port = sample_port();
  rt::Seeded choice(7);
  for (int run = 0; run < 20000; ++run) {
    Bytes noise(choice.below(400));
    for (Byte& byte : noise) byte = static_cast<Byte>(choice.below(256));
    EXPECT_EQ(answer(port, noise), std::nullopt);
  }
}

// Behind right checksums the decoders see arbitrary bytes, as from a hostile workload.
TEST(AnswerLaws, BentPayloadsBehindRightChecksumsNeverCrash) {
  const PortAnswers port = sample_port();
  rt::Seeded choice(8);
  for (int run = 0; run < 20000; ++run) {
    const Bytes whole = from_hex(requests[choice.below(std::size(requests))]);
    const auto ethernet = packet::read_ethernet(whole);
    const auto ip = packet::read_ip(*ethernet);
    Bytes payload(ip->payload.begin(), ip->payload.end());
    payload.resize(payload.size() + choice.below(3) - 1);
    for (std::uint32_t bends = 1 + choice.below(6); bends-- > 0;) {
      payload[choice.below(static_cast<std::uint32_t>(payload.size()))] = static_cast<Byte>(choice.below(256));
    }
    const packet::Envelope envelope{.destination = ethernet->destination,
                                    .source = ethernet->source,
                                    .from = ip->source,
                                    .to = ip->destination,
                                    .hop_limit = ip->hop_limit};
    const Bytes frame =
        ip->protocol == packet::protocol_udp
            ? packet::build_udp(envelope, {68, static_cast<std::uint16_t>(ip->source.is_v4() ? 67 : 547)},
                                ByteView(payload).subspan(8))
            : packet::build_icmp6(envelope, 133, 0, ByteView(payload).subspan(4));
    const auto reply = answer(port, frame);
    EXPECT_LE(reply.value_or(Bytes()).size(), 1514U);
  }
}

TEST(AnswerLaws, TheSameQuestionHasTheSameAnswer) {
  for (const std::string_view request : requests) EXPECT_EQ(reply_hex(request), reply_hex(request));
}

TEST(AnswerLaws, FramesFromAnotherMacAreSilence) {
  PortAnswers port = sample_port();
  port.mac.bytes[5] ^= 1;
  for (const std::string_view request : requests) EXPECT_EQ(reply_hex(port, request), "silence");
}

// A workload must not be able to make its own answers feed on themselves.
TEST(AnswerLaws, NoAnswerIsAQuestion) {
  for (const std::string_view request : requests) {
    const auto reply = answer(sample_port(), from_hex(request));
    ASSERT_TRUE(reply);
    PortAnswers other = sample_port();
    other.mac = mac("0e:11:22:33:44:55");
    EXPECT_EQ(answer(other, *reply), std::nullopt);
  }
}

// RFC 3442: with classless routes present the router option is ignored, so the default route must be among them.
TEST(AnswerLaws, ClasslessRoutesAlwaysHoldTheDefaultRouteOfASubnetWithARouter) {
  rt::Seeded choice(9);
  for (int run = 0; run < 200; ++run) {
    PortAnswers port = sample_port();
    port.dhcp4->routes.clear();
    for (std::uint32_t i = choice.below(6); i-- > 0;) {
      port.dhcp4->routes.push_back(
          {Prefix::of(Ip::from_v4(choice.below(0xffffffff)), static_cast<int>(choice.below(33))), ip("10.0.0.9")});
    }
    const auto reply = answer(port, from_hex(frames::discover));
    ASSERT_TRUE(reply);
    const auto offer = wire::dhcp::decode4(ByteView(*reply).subspan(42));
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->has(121), !port.dhcp4->routes.empty());
    const auto routes = *wire::dhcp::decode_routes(offer->option(121));
    const auto defaults = std::ranges::count_if(routes, [](const auto& route) { return route.to.length == 0; });
    const auto given =
        std::ranges::count_if(port.dhcp4->routes, [](const auto& route) { return route.to.length == 0; });
    EXPECT_EQ(defaults, routes.empty() ? 0 : std::max<std::ptrdiff_t>(1, given));
  }
}

TEST(AnswerLaws, AReplyFitsWhatTheClientCanTake) {
  PortAnswers port = sample_port();
  for (int i = 0; i < 60; ++i) {
    port.dhcp4->routes.push_back(
        {Prefix::of(Ip::from_v4(0x0a010000U + static_cast<std::uint32_t>(i)), 32), ip("10.0.0.9")});
  }
  const auto reply = answer(port, from_hex(frames::discover));
  ASSERT_TRUE(reply);
  EXPECT_LE(reply->size(), 14U + 576U);
  const auto offer = wire::dhcp::decode4(ByteView(*reply).subspan(42));
  EXPECT_TRUE(offer->has(1) && offer->has(3) && offer->has(51) && offer->has(54));
}

TEST(ServiceIdentity, IsAFunctionOfTheNetworkAlone) {
  const NetworkId one{*Uuid::parse("11111111-1111-4111-8111-111111111111")};
  EXPECT_EQ(service_mac(one), service_mac(one));
  EXPECT_EQ(service_address().text(), "169.254.169.254");
}

TEST(ServiceIdentity, IsUnicastLocallyAdministeredAndDiffersBetweenNetworks) {
  rt::Seeded choice(10);
  std::set<Mac> seen;
  for (int run = 0; run < 10000; ++run) {
    const Mac mac = service_mac(NetworkId{Uuid::random(choice.bits(), choice.bits())});
    EXPECT_EQ(mac.bytes[0] & 3, 2);
    seen.insert(mac);
  }
  EXPECT_EQ(seen.size(), 10000U);
}

}  // namespace
}  // namespace tarn::answer
