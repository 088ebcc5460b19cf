// The JSON-RPC stream cut into messages, wherever the network cut the bytes.
#include "wire/ovsdb/splitter.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tarn::wire::ovsdb {
namespace {

ByteView bytes(std::string_view text) {
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}

std::vector<std::string> texts(const std::vector<boost::json::value>& messages) {
  std::vector<std::string> out;
  for (const auto& message : messages) out.push_back(boost::json::serialize(message));
  return out;
}

constexpr std::string_view three = " {\"a\":\"}{\\\"\"}{\"b\":[1,2.5,{}]}\n\t{\"c\":null} ";
const std::vector<std::string> expected{R"({"a":"}{\""})", R"({"b":[1,2.5E0,{}]})", R"({"c":null})"};

TEST(OvsdbSplitter, GivesTheSameMessagesForEveryCutOfTheBytes) {
  for (std::size_t first = 0; first <= three.size(); ++first) {
    for (std::size_t second = first; second <= three.size(); ++second) {
      Splitter splitter;
      std::vector<std::string> found;
      for (const auto piece : {three.substr(0, first), three.substr(first, second - first), three.substr(second)}) {
        const auto messages = splitter.push(bytes(piece));
        ASSERT_TRUE(messages.has_value());
        for (const auto& text : texts(*messages)) found.push_back(text);
      }
      ASSERT_EQ(found, expected) << "cut at " << first << " and " << second;
      ASSERT_FALSE(splitter.inside_message());
    }
  }
}

TEST(OvsdbSplitter, RefusesWhatIsNoStreamOfObjectsAndStaysBroken) {
  for (const char* bad :
       {"5", "[1]", "\"x\"", "}", "{\"a\":}", "{\"a\" 1}", "{\"a\":\"\x01\"}", "{\"a\":\"\xff\"}", "nul"}) {
    Splitter splitter;
    EXPECT_EQ(splitter.push(bytes(bad)).error().code, ErrorCode::corrupt) << bad;
    EXPECT_FALSE(splitter.push(bytes("{}")).has_value());
  }
}

TEST(OvsdbSplitter, BoundsTheSizeOfAMessageNotOfTheStream) {
  Splitter splitter(16);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(splitter.push(bytes(R"({"a":"12345678"})")).has_value());
  EXPECT_EQ(splitter.push(bytes(R"({"a":"123456789"})")).error().code, ErrorCode::exhausted);
}

TEST(OvsdbSplitter, BoundsTheDepth) {
  Splitter shallow;
  EXPECT_TRUE(shallow.push(bytes("{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}")).has_value());
  Splitter deep;
  EXPECT_FALSE(deep.push(bytes("{\"a\":" + std::string(100000, '['))).has_value());
}

}  // namespace
}  // namespace tarn::wire::ovsdb
