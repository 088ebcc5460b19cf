// What instances asked before their port was wired, for a moment: a question that comes too early is a question all the
// same, and who asks waits for seconds before asking again. Pure: keeps frames as they came and judges nothing.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "render/punt.h"
#include "rt/clock.h"

namespace tarn::agent {

class EarlyQuestions {
 public:
  static constexpr std::size_t most = 768;  // of all interfaces
  // By then a client has asked again (RFC 2131 section 4.1).
  static constexpr rt::Duration kept_for = std::chrono::seconds(64);

  // The last question of each kind is kept, by the switch's number of the interface. When there are too many, whoever
  // asked first is forgotten.
  void keep(std::uint32_t interface, render::PuntReason kind, Bytes frame, rt::Instant now);
  // Of the interface, and forgets them.
  std::vector<Bytes> take(std::uint32_t interface, rt::Instant now);
  [[nodiscard]] std::set<std::uint32_t> interfaces() const;  // who has asked; nobody, nearly always

 private:
  struct Question {
    Bytes frame;
    rt::Instant asked;
  };
  std::map<std::pair<std::uint32_t, render::PuntReason>, Question> questions_;
};

}  // namespace tarn::agent
