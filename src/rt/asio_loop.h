// The Loop of a real process: Boost.Asio's io_context, run by one thread.
// Owned by main; whatever holds a reference to it, a timer or a stream of it is destroyed before it.
// Never runs a job on any thread but the one inside run().
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

#include "rt/loop.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace tarn::rt {

class AsioLoop final : public Loop {
 public:
  AsioLoop();
  ~AsioLoop() override;
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  [[nodiscard]] const Clock& clock() const override;
  void post(Job job) override;
  [[nodiscard]] TimerHandle after(Duration delay, Job job) override;

  // Runs jobs until stop(), even while there is nothing to do. After it returned it may be called again; jobs not yet
  // run are kept for then. A stop() from before makes it return at once.
  void run();
  // Lets run() return after the job that is running now. From any thread.
  void stop();

  // For blocking clients and tests: runs jobs until `done()` holds (true) or `limit` has passed (false). Asks `done`
  // first and after each job; stop() does not end it.
  [[nodiscard]] bool run_until(const std::function<bool()>& done, Duration limit);

  // Calls `fn` on the loop with the number of each signal that arrives, until the loop is destroyed. Signals of one
  // kind arriving close together may be told once. Each signal is claimed by one call only.
  void on_signal(std::initializer_list<int> signals, std::function<void(int)> fn);

  // For the other asio_*.cc and *_edge.cc files; they alone include Asio.
  [[nodiscard]] boost::asio::io_context& context();

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace tarn::rt
