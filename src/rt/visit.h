// A thread's stay in a network namespace: what it opens there stays there. One thread's, for as long as the value
// lives.
#pragma once

#include <fcntl.h>
#include <sched.h>

#include <string>

#include "rt/descriptor.h"

namespace tarn::rt {

class Visit {
 public:
  explicit Visit(const std::string& netns)
      : home_(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)),
        there_(open(("/run/netns/" + netns).c_str(), O_RDONLY | O_CLOEXEC)),
        ok_(there_.ok() && setns(there_.get(), CLONE_NEWNET) == 0) {}
  ~Visit() {
    if (ok_) static_cast<void>(setns(home_.get(), CLONE_NEWNET));
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  [[nodiscard]] bool ok() const { return ok_; }  // false: there is no such namespace, and the thread is where it was

 private:
  Descriptor home_;
  Descriptor there_;
  bool ok_;
};

}  // namespace tarn::rt
