#include "host/bgp_daemon.h"

#include <algorithm>
#include <set>
#include <utility>

#include "domain/bgp_config.h"

namespace tarn::host {
namespace {

using namespace std::chrono_literals;
using domain::BgpItem;

constexpr rt::Duration first_delay = 100ms;
constexpr rt::Duration longest_delay = 5s;
// For one answer: bgpd tells a configuration of ten thousand routes within a tenth of a second.
constexpr rt::Duration patience = 30s;

using Steps = std::vector<BgpDaemon::Step>;

// What is made goes before what refers to it, what is removed after that; and what is made first of all.
std::vector<std::size_t> order_of(const Steps& batch) {
  std::vector<std::size_t> order(batch.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto rank = [&](std::size_t i) {
    const int kind = static_cast<int>(reconcile::key_of<BgpItem>(batch[i]).kind);
    return reconcile::is_removal<BgpItem>(batch[i]) ? std::pair(1, -kind) : std::pair(0, kind);
  };
  std::ranges::stable_sort(order, {}, rank);
  return order;
}

using Views = std::set<std::pair<Uuid, std::uint32_t>>;

Views views_removed(const Steps& batch) {
  Views views;
  for (const BgpDaemon::Step& step : batch) {
    const BgpItem::Key& key = reconcile::key_of<BgpItem>(step);
    if (key.kind == BgpItem::Kind::view && reconcile::is_removal<BgpItem>(step))
      views.emplace(key.speaker, key.local_as);
  }
  return views;
}

// It goes with its view, and is not asked for by itself.
bool goes_with_view(const BgpDaemon::Step& step, const Views& removed) {
  const BgpItem::Key& key = reconcile::key_of<BgpItem>(step);
  return reconcile::is_removal<BgpItem>(step) && key.kind != BgpItem::Kind::view && key.kind != BgpItem::Kind::map &&
         removed.contains({key.speaker, key.local_as});
}

// The commands of a batch, and which of them each step has.
struct Script {
  std::vector<std::string> commands;
  struct Part {
    std::size_t step = 0;
    std::size_t first = 0;
    std::size_t end = 0;
  };
  std::vector<Part> parts;
};

Script script_of(const Steps& batch) {
  Script script;
  const Views removed = views_removed(batch);
  for (const std::size_t step : order_of(batch)) {
    if (goes_with_view(batch[step], removed)) continue;
    // Where a refused command leaves it is not where the next step begins.
    script.commands.emplace_back("configure terminal");
    const std::size_t first = script.commands.size();
    for (std::string& command : domain::bgp_commands(batch[step])) script.commands.push_back(std::move(command));
    script.parts.push_back({step, first, script.commands.size()});
    script.commands.emplace_back("end");
  }
  return script;
}

reconcile::Refused refused(const BgpItem::Key& key, std::string why) {
  return {{ErrorCode::unavailable, {}, "bgpd refused the " + BgpItem::text(key) + ": " + std::move(why)}};
}

BgpDaemon::Outcomes outcomes_of(const Steps& batch, const Script& script,
                                const std::vector<wire::frr::VtyReply>& replies) {
  BgpDaemon::Outcomes outcomes(batch.size(), reconcile::Applied{});
  for (const Script::Part& part : script.parts) {
    const BgpItem::Key& key = reconcile::key_of<BgpItem>(batch[part.step]);
    if (part.first == part.end) outcomes[part.step] = refused(key, "it cannot be said");
    for (std::size_t i = part.first; i < part.end; ++i) {
      if (replies[i].status == wire::frr::VtyReply::success) continue;
      const bool secret = key.kind == BgpItem::Kind::peer;
      outcomes[part.step] = refused(key, secret ? "status " + std::to_string(replies[i].status) : replies[i].text);
      break;
    }
  }
  return outcomes;
}

BgpDaemon::Listing listing_of(std::string_view text) {
  Result<reconcile::Actual<BgpItem>> items = domain::bgp_items_in(text);
  if (!items) return fail(items.error());
  reconcile::Collector<reconcile::Actual<BgpItem>> collector;
  collector.so_far() = std::move(*items);
  return std::move(collector).finish();
}

}  // namespace

BgpDaemon::BgpDaemon(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, std::string path)
    : loop_(loop),
      dialer_(dialer),
      choice_(choice),
      path_(std::move(path)),
      delay_(first_delay),
      trouble_{ErrorCode::unavailable, {}, "not connected yet"} {}

BgpDaemon::~BgpDaemon() = default;

void BgpDaemon::start() {
  if (!path_.empty()) dial();
}

void BgpDaemon::dial() {
  attempt_ = dialer_.dial(path_, [this](Result<std::unique_ptr<rt::Stream>> stream) {
    if (!stream) return broken(std::move(stream.error()));
    connected(std::move(*stream));
  });
}

void BgpDaemon::connected(std::unique_ptr<rt::Stream> stream) {
  stream_ = std::move(stream);
  replies_ = {};
  stream_->start({[this](ByteView bytes) { received(bytes); }, [this](Error why) { broken(std::move(why)); }, {}});
  ask({"enable"}, [this](Result<Replies> replies) {
    if (!replies) return;
    delay_ = first_delay;
    if (hint_) hint_({});
  });
}

void BgpDaemon::received(ByteView bytes) {
  if (const Status understood = replies_.on_bytes(bytes); !understood) return broken(understood.error());
  for (wire::frr::VtyReply& reply : replies_.take()) {
    if (questions_.empty()) return broken({ErrorCode::corrupt, {}, "it answers what nobody asked"});
    questions_.front().replies.push_back(std::move(reply));
    if (questions_.front().replies.size() == questions_.front().commands) answer_next();
  }
  await_answer();
}

void BgpDaemon::answer_next() {
  Question question = std::move(questions_.front());
  questions_.pop_front();
  question.done(std::move(question.replies));
}

void BgpDaemon::await_answer() {
  patience_.reset();
  if (questions_.empty()) return;
  patience_ = loop_.after(patience, [this] { broken({ErrorCode::unavailable, {}, "it does not answer"}); });
}

// What was asked may have been done or not. The line stays down until the delay is over; each failure doubles it.
void BgpDaemon::broken(Error why) {
  trouble_ = std::move(why);
  patience_.reset();
  const bool was_up = stream_ != nullptr;
  stream_.reset();
  redial_timer_ = loop_.after(choice_.jitter(delay_), [this] { dial(); });
  delay_ = std::min(delay_ * 2, longest_delay);
  for (Question& question : std::exchange(questions_, {})) question.done(fail(trouble_));
  if (was_up && hint_) hint_({});
}

void BgpDaemon::ask(const std::vector<std::string>& commands, reconcile::Completion<Result<Replies>> done) {
  Bytes bytes;
  for (const std::string& command : commands) wire::frr::append_vty_command(bytes, command);
  questions_.push_back({commands.size(), {}, std::move(done)});
  stream_->write(std::move(bytes));
  await_answer();
}

void BgpDaemon::later(rt::Job job) {
  loop_.post([alive = std::weak_ptr<int>(alive_), job = std::move(job)]() mutable {
    if (!alive.expired()) job();
  });
}

void BgpDaemon::list(reconcile::Completion<Listing> done) {
  if (path_.empty()) {
    later([done = std::move(done)]() mutable { done(reconcile::Collector<reconcile::Actual<BgpItem>>().finish()); });
  } else if (stream_ == nullptr) {
    Error why{trouble_.code, {}, "bgpd does not answer at " + path_ + ": " + trouble_.message};
    later([done = std::move(done), why = std::move(why)]() mutable { done(fail(std::move(why))); });
  } else {
    ask({"show running-config"}, [done = std::move(done)](Result<Replies> replies) mutable {
      if (!replies) return done(fail(replies.error()));
      done(listing_of(replies->front().text));
    });
  }
}

void BgpDaemon::apply(std::vector<Step> batch, reconcile::Writes writes, reconcile::Completion<Outcomes> done) {
  if (writes == reconcile::Writes::forbid || stream_ == nullptr) {
    const std::string why = writes == reconcile::Writes::forbid ? "writing is forbidden" : "bgpd does not answer";
    later([done = std::move(done), steps = batch.size(), why]() mutable {
      done(Outcomes(steps, reconcile::Refused{{ErrorCode::unavailable, {}, why}}));
    });
    return;
  }
  Script script = script_of(batch);
  const std::vector<std::string> commands = script.commands;
  ask(commands, [batch = std::move(batch), script = std::move(script), done = std::move(done)](auto replies) mutable {
    if (!replies) return done(Outcomes(batch.size(), reconcile::Unknown{}));
    done(outcomes_of(batch, script, *replies));
  });
}

}  // namespace tarn::host
