// Arbitrary bytes as messages of the feed, from either side, into the machines that hear them.
#include <string_view>

#include "base/check.h"
#include "feed/agent_end.h"
#include "feed/feed_wire.h"
#include "feed/server_end.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::feed;
  if (size == 0) return 0;
  // The first byte tells how many messages follow: each takes its share of the bytes.
  const std::size_t messages = 1 + data[0] % 4;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ServerEnd server({});
  NodeFacts facts;
  facts.host = "h";
  AgentEnd agent(facts, {});
  agent.connect();
  CHECK(agent.receive(Welcome{protocol_newest}).has_value());
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string_view part = bytes.substr(bytes.size() / messages * i, bytes.size() / messages);
    if (const auto message = decode_from_agent(part)) {
      CHECK(decode_from_agent(encode(*message)).has_value());
      const auto heard = server.receive(*message);
      if (heard && std::holds_alternative<NodeFacts>(*heard)) server.begin({}, 1);
      for (int turn = 0; turn < 4; ++turn) static_cast<void>(server.next());
    }
    if (const auto message = decode_from_server(part)) {
      CHECK(decode_from_server(encode(*message)).has_value());
      const auto heard = agent.receive(*message);
      CHECK(!heard || !*heard || agent.slice().has_value());
      for (int turn = 0; turn < 4; ++turn) static_cast<void>(agent.next());
    }
  }
  return 0;
}
