// The agent's end of the feed, sans I/O: from the pages of a server it makes whole slices, and tells how far it is.
// Owned by AgentClient. Shows no revision by half, and believes nothing but its last whole slice once a line broke.
#pragma once

#include <optional>
#include <set>

#include "feed/messages.h"
#include "reconcile/whole.h"

namespace tarn::feed {

class AgentEnd {
 public:
  // `held` is what a journal still knows: it shortens the first difference and is evidence of nothing.
  AgentEnd(NodeFacts facts, model::Slice held, Protocols protocols = {})
      : facts_(std::move(facts)), held_(std::move(held)), protocols_(protocols) {}

  // A new connection: what was heard of an unfinished revision is forgotten, Hello and the report are due again.
  void connect();

  // A slice became whole at `revision`, see slice(). `touched` names what may differ from the one before.
  struct Advanced {
    model::Revision revision = 0;
    std::set<model::SliceName> touched;
  };
  // Errors end the connection: unsupported (refused by the server), corrupt or invalid (what came is not understood).
  Result<std::optional<Advanced>> receive(const ToAgent& message);

  // The newest report replaces the one before.
  void report(Report report);
  // The next message to send, or nothing now. Ask again after each one is sent, and after report and receive.
  std::optional<ToServer> next();

  [[nodiscard]] const std::optional<reconcile::Whole<model::Slice>>& slice() const { return slice_; }
  [[nodiscard]] bool welcomed() const { return protocol_ != 0; }
  [[nodiscard]] bool in_sync() const { return in_sync_; }

 private:
  [[nodiscard]] Hello hello() const;
  [[nodiscard]] Report worded(const Report& report) const;
  Result<std::optional<Advanced>> fold(const Update& update);
  Result<std::optional<Advanced>> finish(const InSync& mark);

  NodeFacts facts_;
  model::Slice held_;
  Protocols protocols_;
  std::optional<reconcile::Whole<model::Slice>> slice_;
  model::Revision revision_ = 0;
  std::optional<Report> report_;

  // Of the present connection.
  bool hello_due_ = false;
  bool report_due_ = false;
  std::uint32_t protocol_ = 0;  // 0: not welcomed
  bool in_sync_ = false;
  reconcile::Collector<model::Slice> collector_;  // until the mark
  std::set<model::SliceName> touched_;            // by what is not shown yet
  model::SlicePatch pending_;                     // after the mark: pages of a revision not complete yet
  std::optional<model::Revision> open_revision_;  // of the pages, while more of them come
};

}  // namespace tarn::feed
