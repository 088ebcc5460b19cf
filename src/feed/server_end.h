// The server's end of one agent's stream, sans I/O: messages in, messages out when the line can take one.
// Owned by ServerFeed. Holds two slices, what the agent has and what it should have, and never a queue between them.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "feed/messages.h"

namespace tarn::feed {

class ServerEnd {
 public:
  struct Bounds {
    std::size_t page_rows_max = 500;
    std::size_t page_bytes_max = 256U << 10;  // of bodies and names; one row may exceed it alone
  };
  explicit ServerEnd(Bounds bounds, Protocols protocols = {}) : bounds_(bounds), protocols_(protocols) {}

  // What the message asks of the server: to welcome a node (answer with `begin`), or to take its report.
  // Errors: unsupported (no common protocol), invalid (out of turn, no host). After an error `next` gives Refused,
  // then nothing.
  Result<std::variant<NodeFacts, Report>> receive(const ToServer& message);

  // What the node should have, whole at `revision`. Once, after its Hello.
  void begin(model::Slice slice, model::Revision revision);
  // The cloud went from `before` to `after`. May be left out where the node is not concerned.
  void advance(const model::Snapshot& before, const model::Snapshot& after);

  // The next message to send, or nothing now. Ask again after each one is sent, and after begin, advance and receive.
  std::optional<ToAgent> next();

  [[nodiscard]] const std::string& host() const { return host_; }  // empty until the Hello
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool ended() const { return refusal_.has_value(); }

 private:
  struct Page {  // the difference being sent
    model::SlicePatch patch;
    model::Slice target;
    model::Revision revision = 0;
  };
  std::unexpected<Error> refuse(ErrorCode code, std::string reason);
  Result<std::variant<NodeFacts, Report>> negotiate(const Hello& hello);
  [[nodiscard]] model::SlicePatch first_patch() const;
  Update next_page();

  Bounds bounds_;
  Protocols protocols_;
  std::string host_;
  std::uint32_t protocol_ = 0;  // 0: none agreed yet
  bool welcome_due_ = false;
  std::optional<std::string> refusal_;
  bool refusal_sent_ = false;
  bool begun_ = false;
  bool in_sync_ = false;                   // the mark was sent
  std::map<model::SliceName, Held> held_;  // until the first difference is made
  std::optional<Page> sending_;
  model::Slice sent_;  // what the agent has, once in_sync_
  model::Slice target_;
  model::Revision target_revision_ = 0;
};

}  // namespace tarn::feed
