// The answers of FRR's daemons, however their bytes are split.
#include "wire/frr/vty.h"

#include <gtest/gtest.h>

namespace tarn::wire::frr {
namespace {

Bytes bytes_of(std::string_view text) {
  Bytes bytes;
  for (const char each : text) bytes.push_back(static_cast<Byte>(each));
  return bytes;
}

constexpr std::string_view two("hello\n\0\0\0\0\0\0\0\x0d", 14);

TEST(Vty, AnswersAreTheSameHoweverTheirBytesAreSplit) {
  const std::deque<VtyReply> expected{{"hello\n", 0}, {"", 13}};
  const Bytes bytes = bytes_of(two);
  for (std::size_t first = 0; first <= bytes.size(); ++first) {
    for (std::size_t second = first; second <= bytes.size(); ++second) {
      VtyReplies replies;
      std::deque<VtyReply> got;
      const ByteView view(bytes);
      for (const ByteView part : {view.first(first), view.subspan(first, second - first), view.subspan(second)}) {
        ASSERT_TRUE(replies.on_bytes(part).has_value());
        for (VtyReply& reply : replies.take()) got.push_back(std::move(reply));
      }
      ASSERT_EQ(got, expected) << first << ", " << second;
    }
  }
}

TEST(Vty, WhatIsNoAnswerIsSaidToBeNone) {
  VtyReplies replies;
  EXPECT_FALSE(replies.on_bytes(bytes_of(std::string_view("a\0b", 3))).has_value());
}

TEST(Vty, ACommandEndsWithANul) {
  Bytes bytes;
  append_vty_command(bytes, "enable");
  EXPECT_EQ(bytes, bytes_of(std::string_view("enable\0", 7)));
}

}  // namespace
}  // namespace tarn::wire::frr
