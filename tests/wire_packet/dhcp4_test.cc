#include "wire/dhcp/dhcp4.h"

#include <gtest/gtest.h>

#include "rt/choice.h"

namespace tarn::wire::dhcp {
namespace {

constexpr std::size_t options_at = 240;

Message4 any_message(rt::Choice& choice) {
  Message4 message;
  message.op = static_cast<std::uint8_t>(1 + choice.below(2));
  message.transaction = choice.below(0xffffffff);
  message.seconds = static_cast<std::uint16_t>(choice.below(65536));
  message.broadcast = choice.below(2) == 1;
  message.client = Ip::from_v4(choice.below(0xffffffff));
  message.yours = Ip::from_v4(choice.below(0xffffffff));
  for (Byte& byte : message.hardware) byte = static_cast<Byte>(choice.below(256));
  message.file = std::string(choice.below(127), 'f');
  message.server_name = std::string(choice.below(63), 's');
  for (std::uint32_t i = choice.below(10); i-- > 0;) {
    const auto code = static_cast<std::uint8_t>(1 + choice.below(254));
    if (code != code4::overload) message.options[code] = Bytes(choice.below(600), static_cast<Byte>(code));
  }
  return message;
}

Bytes bare_message() {
  Bytes bytes = encode4(Message4{}, {}, 548);
  bytes.resize(options_at);
  return bytes;
}

TEST(Dhcp4, DecodingUndoesEncodingAlsoForOptionsLongerThanOneByteCanSay) {
  rt::Seeded choice(2);
  for (int run = 0; run < 300; ++run) {
    const Message4 message = any_message(choice);
    const auto decoded = decode4(encode4(message, {}, 65000));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, message);
  }
}

TEST(Dhcp4, IsNeverShorterThanABootpMessage) {
  EXPECT_EQ(encode4(Message4{}, {}, 548).size(), 300U);
}

TEST(Dhcp4, WhatDoesNotFitIsLeftOutLeastImportantFirst) {
  Message4 message;
  message.options[10] = Bytes(200, 1);
  message.options[20] = Bytes(200, 2);
  const auto decoded = decode4(encode4(message, std::array<std::uint8_t, 1>{20}, 548));
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->has(20));
  EXPECT_FALSE(decoded->has(10));
}

TEST(Dhcp4, OverloadedFieldsAreReadAsOptions) {
  Bytes bytes = bare_message();
  constexpr std::size_t server_name_at = 44;
  constexpr std::size_t file_at = 108;
  const Bytes in_file{12, 2, 'v', 'm', 255};
  const Bytes in_name{15, 1, 'd', 255};
  std::copy(in_file.begin(), in_file.end(), bytes.begin() + file_at);
  std::copy(in_name.begin(), in_name.end(), bytes.begin() + server_name_at);
  for (const Byte byte : Bytes{53, 1, 1, 52, 1, 3, 255}) bytes.push_back(byte);
  const auto decoded = decode4(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->options.at(12), (Bytes{'v', 'm'}));
  EXPECT_EQ(decoded->options.at(15), (Bytes{'d'}));
  EXPECT_EQ(decoded->file, "");
  EXPECT_EQ(decoded->server_name, "");
}

// Found by a fuzzer: such a name was read one byte longer than it could be written.
TEST(Dhcp4, ANameThatFillsItsFieldEndsBeforeTheFieldDoes) {
  Message4 named;
  named.server_name = std::string(63, 's');
  named.file = std::string(127, 'f');
  Bytes bytes = encode4(named, {}, 1500);
  constexpr std::size_t server_name_at = 44;  // RFC 2131 figure 1
  constexpr std::size_t file_at = 108;
  bytes[server_name_at + 63] = 's';
  bytes[file_at + 127] = 'f';
  EXPECT_EQ(decode4(bytes).value(), named);
}

TEST(Dhcp4, PiecesOfOneOptionAreJoinedInTheirOrder) {
  Bytes bytes = bare_message();
  for (const Byte byte : Bytes{12, 1, 'a', 0, 12, 2, 'b', 'c', 255}) bytes.push_back(byte);
  EXPECT_EQ(decode4(bytes)->options.at(12), (Bytes{'a', 'b', 'c'}));
}

TEST(Dhcp4, RefusesBootpAndOptionsPastTheEnd) {
  Bytes cut = bare_message();
  cut.push_back(12);
  EXPECT_FALSE(decode4(cut));
  cut.push_back(5);
  cut.push_back('a');
  EXPECT_FALSE(decode4(cut));
  Bytes bootp = bare_message();
  bootp[options_at - 1] = 0;
  EXPECT_FALSE(decode4(bootp));
  Bytes long_address = bare_message();
  long_address[2] = 17;
  EXPECT_FALSE(decode4(long_address));
  EXPECT_FALSE(decode4(ByteView(cut).first(options_at - 1)));
}

// RFC 3442's table of destination descriptors.
TEST(ClasslessRoutes, AreWrittenAsTheRfcShows) {
  const auto descriptor = [](std::string_view text) {
    Bytes bytes = encode_routes(std::array{Route4{*Prefix::parse(text), Ip::from_v4(0)}});
    bytes.resize(bytes.size() - 4);
    return bytes;
  };
  EXPECT_EQ(descriptor("0.0.0.0/0"), (Bytes{0}));
  EXPECT_EQ(descriptor("10.0.0.0/8"), (Bytes{8, 10}));
  EXPECT_EQ(descriptor("10.0.0.0/24"), (Bytes{24, 10, 0, 0}));
  EXPECT_EQ(descriptor("10.17.0.0/16"), (Bytes{16, 10, 17}));
  EXPECT_EQ(descriptor("10.27.129.0/24"), (Bytes{24, 10, 27, 129}));
  EXPECT_EQ(descriptor("10.229.0.128/25"), (Bytes{25, 10, 229, 0, 128}));
  EXPECT_EQ(descriptor("10.198.122.47/32"), (Bytes{32, 10, 198, 122, 47}));
}

TEST(ClasslessRoutes, DecodingUndoesEncoding) {
  rt::Seeded choice(3);
  for (int run = 0; run < 200; ++run) {
    std::vector<Route4> routes;
    for (std::uint32_t i = choice.below(8); i-- > 0;) {
      const auto length = static_cast<int>(choice.below(33));
      routes.push_back(
          {Prefix::of(Ip::from_v4(choice.below(0xffffffff)), length), Ip::from_v4(choice.below(0xffffffff))});
    }
    EXPECT_EQ(*decode_routes(encode_routes(routes)), routes);
  }
  EXPECT_FALSE(decode_routes(Bytes{33, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_FALSE(decode_routes(Bytes{8, 10, 1, 2, 3}));
}

}  // namespace
}  // namespace tarn::wire::dhcp
