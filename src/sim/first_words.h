// The law of the first word: an instance asks for its address the moment that the switch has its interface, and asks
// once. It is answered when its port is ACTIVE soon enough, whatever came first. Owned by the world, which asks after
// every step; puts the question to the agent as the switch does, and counts what comes back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rt/clock.h"
#include "sim/scene.h"

namespace tarn::sim {

class FirstWords {
 public:
  void look(const Scene& scene, rt::Instant now);
  // Of a cloud at rest.
  [[nodiscard]] std::vector<std::string> at_rest(const Scene& scene) const;

 private:
  struct Word {
    rt::Instant said;
    rt::Duration waited{};   // until the port was ACTIVE
    bool is_active = false;  // it was once
    bool is_lost = false;    // the agent or the switch did not live all the while, or did not hear each other
    std::uint64_t jobs = 0;  // of the agent, at the last look
  };
  static void ask(const Scene& scene, const Attachment& at, std::uint32_t number);

  std::map<Attachment, Word> words_;
};

}  // namespace tarn::sim
