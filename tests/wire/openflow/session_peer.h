// The switch's side of a connection machine under test: greets it, says things to it, and reads what it sends.
// For tests of the session; knows no message but the greeting.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "wire/openflow/session.h"

namespace tarn::wire::of {

class SessionPeer : public testing::Test {
 protected:
  void greet() {
    sent();
    ASSERT_TRUE(hear(Hello{}, 1));
    sent();
    ASSERT_TRUE(hear(FeaturesReply{42, 254, 0}, 4));
    ASSERT_TRUE(session_.ready());
    static_cast<void>(session_.take_events());
  }

  Status hear(const Message& message, std::uint32_t xid) { return session_.on_bytes(encode(message, xid)); }

  std::vector<Envelope> sent() {
    std::vector<Envelope> messages;
    const Bytes output = session_.take_output();
    ByteView rest(output);
    while (!rest.empty()) {
      const std::size_t length = message_length(rest).value().value();
      messages.push_back(decode(rest.first(length)).value());
      rest = rest.subspan(length);
    }
    return messages;
  }

  Session session_;
};

}  // namespace tarn::wire::of
