#include "wire/nd/router.h"

#include <gtest/gtest.h>

#include "rt/choice.h"

namespace tarn::wire::nd {
namespace {

Ip any_ip6(rt::Choice& choice) {
  Ip ip{Family::v6, {}};
  for (auto& byte : ip.bytes) byte = static_cast<std::uint8_t>(choice.below(256));
  return ip;
}

RouterAdvertisement any_advertisement(rt::Choice& choice) {
  RouterAdvertisement advertisement;
  advertisement.hop_limit = static_cast<std::uint8_t>(choice.below(256));
  advertisement.managed = choice.below(2) == 1;
  advertisement.other = choice.below(2) == 1;
  advertisement.router_lifetime_s = static_cast<std::uint16_t>(choice.below(9001));
  if (choice.below(2) == 1)
    advertisement.source_link = Mac{{2, 0, 0, 0, 0, static_cast<std::uint8_t>(choice.below(256))}};
  if (choice.below(2) == 1) advertisement.mtu = 1280 + choice.below(8000);
  for (std::uint32_t i = choice.below(4); i-- > 0;) {
    advertisement.prefixes.push_back({Prefix::of(any_ip6(choice), static_cast<int>(choice.below(129))),
                                      choice.below(2) == 1, choice.below(2) == 1, choice.below(100),
                                      choice.below(100)});
  }
  if (choice.below(2) == 1)
    advertisement.dns_servers.push_back({choice.below(1000), {any_ip6(choice), any_ip6(choice)}});
  if (choice.below(2) == 1) advertisement.dns_search.push_back({choice.below(1000), {"a.example", "b.example.org"}});
  return advertisement;
}

TEST(RouterMessages, DecodingUndoesEncoding) {
  rt::Seeded choice(6);
  for (int run = 0; run < 300; ++run) {
    const RouterAdvertisement advertisement = any_advertisement(choice);
    const Bytes bytes = encode(advertisement);
    EXPECT_EQ((bytes.size() + 4) % 8, 0U);  // RFC 4861 section 4.6: options are units of eight bytes
    ASSERT_TRUE(decode_advertisement(bytes));
    EXPECT_EQ(*decode_advertisement(bytes), advertisement);
  }
  const RouterSolicitation solicitation{Mac{{2, 0, 0, 0, 0, 1}}};
  EXPECT_EQ(*decode_solicitation(encode(solicitation)), solicitation);
}

TEST(RouterMessages, UnknownOptionsArePassedOver) {
  const Bytes bytes{0, 0, 0, 0, 200, 1, 9, 9, 9, 9, 9, 9, 1, 1, 2, 0, 0, 0, 0, 1};
  const auto solicitation = decode_solicitation(bytes);
  ASSERT_TRUE(solicitation);
  EXPECT_EQ(solicitation->source_link, (Mac{{2, 0, 0, 0, 0, 1}}));
}

TEST(RouterMessages, AnOptionOfLengthZeroOrPastTheEndMakesTheMessageInvalid) {
  EXPECT_FALSE(decode_solicitation(Bytes{0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 1}));
  EXPECT_FALSE(decode_solicitation(Bytes{0, 0, 0, 0, 1, 2, 2, 0, 0, 0, 0, 1}));
  EXPECT_FALSE(decode_solicitation(Bytes{0, 0, 0, 0, 1}));
  EXPECT_FALSE(decode_solicitation(Bytes{0, 0, 0}));
  EXPECT_FALSE(decode_advertisement(Bytes{64, 0, 0, 0}));
}

}  // namespace
}  // namespace tarn::wire::nd
