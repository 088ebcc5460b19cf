// What the machine needs to know of a lane, whatever its domain.
// The machine owns its lanes through this and decides when each may work, never what it does.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "reconcile/retry.h"
#include "reconcile/target.h"
#include "rt/clock.h"

namespace tarn::reconcile {

// The order of work: what was withdrawn goes first, then everything is built upwards, then torn down in reverse.
enum class Phase : std::uint8_t { revoke, build, tear_down };

struct LaneOptions {
  Writes writes = Writes::allow;
  std::size_t batch_steps_max = 256;  // a group larger than this goes alone, never cut
  bool grants = false;                // its objects let traffic pass: a revocation does not wait for a creation
  RetryPolicy retry;                  // of a refused step
  RetryPolicy list_retry{std::chrono::milliseconds(50), std::chrono::seconds(2)};  // of a listing that failed
  rt::Duration confirm_within = std::chrono::seconds(5);  // an applied step the world does not show is tried again
};

struct LaneCounts {
  bool whole = false;  // both the wish and the listing are
  std::size_t wanted = 0;
  std::size_t installed = 0;           // listed and ours
  std::size_t foreign = 0;             // listed and not ours
  std::size_t due = 0;                 // keys that differ now
  std::size_t failing = 0;             // of those: refused at the last attempt
  std::uint64_t plans = 0;             // batches started, since this process began
  std::uint64_t writes_attempted = 0;  // steps handed to the target with writing allowed
  std::uint64_t writes_applied = 0;
  std::uint64_t refusals = 0;
  std::uint64_t listings = 0;
};

class LaneBase {
 public:
  virtual ~LaneBase() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual bool whole() const = 0;
  [[nodiscard]] virtual bool busy() const = 0;              // a batch is being applied
  [[nodiscard]] virtual std::size_t due_count() const = 0;  // keys that differ now
  virtual void relist() = 0;                                // audit: list again when possible
  virtual void refresh() = 0;                               // starts a listing when one is needed
  [[nodiscard]] virtual bool due(Phase phase) const = 0;    // something of this phase can be tried now
  [[nodiscard]] virtual bool removals_left() const = 0;     // something is to be removed, now or later
  // `with_rest`: a revocation may take along what is to be built and removed.
  virtual void start_batch(Phase phase, bool with_rest) = 0;
  // The earliest moment after `now` at which something that waits may be tried.
  [[nodiscard]] virtual std::optional<rt::Instant> next_due(rt::Instant now) const = 0;
  [[nodiscard]] virtual LaneCounts counts() const = 0;
  // Why no listing can be had now, while that is so.
  [[nodiscard]] virtual const std::optional<Error>& listing_error() const = 0;

  void on_wake(std::function<void()> wake) { wake_ = std::move(wake); }

 protected:
  void wake() const {
    if (wake_) wake_();
  }

 private:
  std::function<void()> wake_;
};

}  // namespace tarn::reconcile
