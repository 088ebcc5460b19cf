// What is still to be told to Nova: a sans-I/O machine that keeps events until each is acknowledged or finally refused.
// One batch is under way at a time. Of one port the newest event of a name replaces an older one that waits; plugged,
// unplugged and deleted never overtake each other, and one that must wait holds back those of its port alone.
// Bounded: when it is full the oldest network-changed goes, then the oldest of the others; what went is always told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "notify/nova_words.h"
#include "reconcile/retry.h"
#include "rt/choice.h"
#include "rt/clock.h"

namespace tarn::notify {

class Outbox {
 public:
  struct Bounds {
    std::size_t events_max = 16'384;  // more than batch_max
    std::size_t batch_max = 100;      // in one request
    std::uint32_t tries_max = 10;     // of an event that Nova would have later: some three minutes
  };
  struct Pace {
    rt::Duration gather = std::chrono::milliseconds(500);  // between requests, unless one can be full
    reconcile::RetryPolicy away{std::chrono::seconds(1), std::chrono::seconds(60)};
    reconcile::RetryPolicy later{std::chrono::seconds(2), std::chrono::seconds(30)};
  };
  enum class Cause : std::uint8_t { unknown, refused, tried_enough, no_room };
  struct Lost {
    Event event;
    Cause cause{};
    std::string why;
  };
  struct Numbers {  // since the start; an event replaced by a newer one is in none but `added`
    std::uint64_t added = 0;
    std::uint64_t sent = 0;  // each time it was in a request
    std::uint64_t acknowledged = 0;
    std::uint64_t refused = 0;  // for good, also for a server that Nova does not know
    std::uint64_t tried_enough = 0;
    std::uint64_t no_room = 0;
    std::size_t waiting = 0;  // now, with those under way
  };

  // `choice` outlives it.
  Outbox(Bounds bounds, Pace pace, rt::Choice& choice);

  // Times never go back from call to call. Gives what was lost for want of room.
  [[nodiscard]] std::vector<Lost> add(std::span<const Event> events, rt::Instant now);
  // When `take` will give a batch; nullopt while nothing waits, or one is under way.
  [[nodiscard]] std::optional<rt::Instant> due() const;
  // The batch to send; empty before it is due. Then `settle` is told what came of it, before the next.
  [[nodiscard]] std::vector<Event> take(rt::Instant now);
  [[nodiscard]] std::vector<Lost> settle(const Reading& reading, rt::Instant now);

  [[nodiscard]] Numbers numbers() const;
  [[nodiscard]] std::size_t events_max() const { return bounds_.events_max; }
  [[nodiscard]] std::optional<rt::Instant> oldest() const;  // when what waits longest was added

 private:
  using Number = std::uint64_t;  // in the order of adding
  struct Entry {
    Event event;
    rt::Instant since;
    std::uint32_t tries = 0;          // that Nova answered with "later"
    std::size_t company_max = 0;      // how many may go in one request with it: fewer after a refused batch
    std::optional<rt::Instant> held;  // until when it waits alone
    bool under_way = false;
    bool outdated = false;  // a newer one came while it was under way
  };
  // Whose order matters: the changes of a port, or what became of it. Only the first of a lane may go.
  struct Lane {
    Uuid server;
    PortId port;
    bool changes = false;
    auto operator<=>(const Lane&) const = default;
  };
  static Lane lane_of(const Event& event);
  void add_one(const Event& event, rt::Instant now);
  bool replaces(std::vector<Number>& lane, const Event& event);
  void remove(Number number);
  void make_ready(Number number);
  void judge(Number number, const Judged& judged, rt::Instant now, std::vector<Lost>& lost);
  void halve(const Bad& bad, std::vector<Lost>& lost);
  void again(Number number);
  void lose(Number number, Cause cause, const std::string& why, std::vector<Lost>& lost);
  void make_room(std::vector<Lost>& lost);

  const Bounds bounds_;
  const Pace pace_;
  rt::Choice& choice_;
  std::map<Number, Entry> entries_;
  std::map<Lane, std::vector<Number>> lanes_;
  std::set<Number> ready_;                         // firsts of their lanes that may go
  std::set<std::pair<rt::Instant, Number>> held_;  // firsts of their lanes that wait
  std::set<Number> changes_;                       // network-changed not under way, to go first when there is no room
  std::vector<Number> under_way_;
  Number next_ = 0;
  std::uint32_t failures_ = 0;  // requests in a row of which nothing is known
  rt::Instant rest_until_;
  rt::Instant gather_until_;
  Numbers numbers_;
};

}  // namespace tarn::notify
