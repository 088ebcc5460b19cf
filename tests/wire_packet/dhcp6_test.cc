#include "wire/dhcp/dhcp6.h"

#include <gtest/gtest.h>

#include "rt/choice.h"

namespace tarn::wire::dhcp {
namespace {

Ip any_ip6(rt::Choice& choice) {
  Ip ip{Family::v6, {}};
  for (auto& byte : ip.bytes) byte = static_cast<std::uint8_t>(choice.below(256));
  return ip;
}

TEST(Dhcp6, DecodingUndoesEncoding) {
  rt::Seeded choice(4);
  for (int run = 0; run < 300; ++run) {
    Message6 message;
    message.type = static_cast<MessageType6>(1 + choice.below(11));
    message.transaction = choice.below(0x1000000);
    for (std::uint32_t i = choice.below(6); i-- > 0;) {
      message.options.push_back({static_cast<std::uint16_t>(choice.below(65536)), Bytes(choice.below(40), 9)});
    }
    const auto decoded = decode6(encode6(message));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, message);
  }
}

TEST(Dhcp6, AnAssociationDecodesAsItWasEncoded) {
  rt::Seeded choice(5);
  for (int run = 0; run < 300; ++run) {
    IaNa ia{.id = choice.below(0xffffffff),
            .renew_s = choice.below(1000),
            .rebind_s = choice.below(1000),
            .addresses = {},
            .status = {}};
    for (std::uint32_t i = choice.below(4); i-- > 0;) {
      ia.addresses.push_back({any_ip6(choice), choice.below(0xffffffff), choice.below(0xffffffff)});
    }
    if (choice.below(2) == 1) ia.status = static_cast<Status6>(choice.below(7));
    EXPECT_EQ(*decode_ia_na(encode_ia_na(ia)), ia);
  }
}

TEST(Dhcp6, RelayMessagesAndUnknownTypesAreRefused) {
  EXPECT_FALSE(decode6(Bytes{12, 0, 0, 0}));
  EXPECT_FALSE(decode6(Bytes{0, 0, 0, 0}));
  EXPECT_FALSE(decode6(Bytes{1, 0, 0}));
}

TEST(Dhcp6, AnOptionPastTheEndIsRefused) {
  EXPECT_FALSE(decode6(Bytes{1, 0, 0, 1, 0, 1, 0, 5, 1, 2}));
  EXPECT_FALSE(decode6(Bytes{1, 0, 0, 1, 0, 1, 0}));
  EXPECT_FALSE(decode_ia_na(Bytes{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 24, 1}));
  EXPECT_FALSE(decode_ia_na(Bytes{0, 0, 0, 1}));
  EXPECT_FALSE(decode_option_request(Bytes{0, 1, 0}));
}

// RFC 8415 section 11.4: type 3, hardware type 1, the link address.
TEST(Dhcp6, TheServersNameIsMadeOfItsLinkAddress) {
  EXPECT_EQ(duid_of(*Mac::parse("0e:01:02:03:04:05")), (Bytes{0, 3, 0, 1, 0x0e, 1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace tarn::wire::dhcp
