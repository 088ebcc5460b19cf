// The law of the first word: an instance asks for its address the moment that the switch has its interface, and asks
// once. It is answered when its port is ACTIVE soon enough, whatever came first. Owned by the world, which asks after
// every step; puts the question to the agent as the switch does, and counts what comes back.
#pragma once

#include <map>
#include <optional>
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
    std::optional<rt::Duration> waited = {};  // until the port was ACTIVE, once it was
    bool is_over = false;      // answered; or lost, as agent and switch did not live and hear each other all the while
    std::uint64_t offers = 0;  // to the interface before
    std::uint64_t jobs = 0;    // of the agent, at the last look
  };
  static void follow(const Scene& scene, const Attachment& at, Word& word, rt::Instant now);
  static void ask(const Scene& scene, const Attachment& at, std::uint32_t number);

  std::map<Attachment, Word> words_;
};

}  // namespace tarn::sim
