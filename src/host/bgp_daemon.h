// One lasting connection to FRR's bgpd, by its vty socket: what it has configured is asked and compared, and what
// differs is said to it. Nothing is on a command line or in a file. Dials again with growing, jittered delay; while it
// is away nothing is known. Never quotes what it said of a peer: a password may be in it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/bgp.h"
#include "reconcile/target.h"
#include "rt/choice.h"
#include "rt/loop.h"
#include "rt/stream.h"
#include "wire/frr/vty.h"

namespace tarn::host {

class BgpDaemon final : public reconcile::Target<domain::BgpItem> {
 public:
  using Step = reconcile::Step<domain::BgpItem>;
  using Listing = Result<reconcile::Whole<reconcile::Actual<domain::BgpItem>>>;
  using Outcomes = std::vector<reconcile::Outcome>;

  // `path`: of the socket bgpd.vty; empty where there is no daemon, and nothing can be told to it. Nothing happens
  // before start().
  BgpDaemon(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, std::string path);
  ~BgpDaemon() override;
  BgpDaemon(const BgpDaemon&) = delete;
  BgpDaemon& operator=(const BgpDaemon&) = delete;

  void start();

  void list(reconcile::Completion<Listing> done) override;
  void apply(std::vector<Step> batch, reconcile::Writes writes, reconcile::Completion<Outcomes> done) override;
  void on_hint(std::function<void(reconcile::Hint<domain::BgpItem>)> maybe_changed) override {
    hint_ = std::move(maybe_changed);
  }

 private:
  using Replies = std::vector<wire::frr::VtyReply>;
  // Commands whose answers somebody waits for; error: the connection broke.
  struct Question {
    std::size_t commands = 0;
    Replies replies;
    reconcile::Completion<Result<Replies>> done;
  };

  void dial();
  void connected(std::unique_ptr<rt::Stream> stream);
  void received(ByteView bytes);
  void broken(Error why);
  void ask(const std::vector<std::string>& commands, reconcile::Completion<Result<Replies>> done);
  void answer_next();
  void await_answer();
  void later(rt::Job job);

  rt::Loop& loop_;
  rt::Dialer& dialer_;
  rt::Choice& choice_;
  const std::string path_;
  std::function<void(reconcile::Hint<domain::BgpItem>)> hint_;
  std::unique_ptr<rt::Dialer::Attempt> attempt_;
  std::unique_ptr<rt::Stream> stream_;
  wire::frr::VtyReplies replies_;
  std::deque<Question> questions_;
  rt::TimerHandle redial_timer_;
  rt::TimerHandle patience_;
  rt::Duration delay_;
  Error trouble_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // jobs posted to the loop may outlive this
};

}  // namespace tarn::host
