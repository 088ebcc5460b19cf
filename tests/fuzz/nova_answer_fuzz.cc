// Anything as Nova's answer, with any status: a verdict for each event, or one line that says why there is none.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "notify/nova_words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::notify;
  static const std::vector<Event> events{{tarn::Uuid::random(1, 1), {tarn::Uuid::random(2, 1)}, EventName::vif_plugged},
                                         {tarn::Uuid::random(1, 2), {tarn::Uuid::random(2, 2)}, {}}};
  constexpr unsigned statuses[] = {200, 207, 400, 401, 404, 503};
  if (size == 0) return 0;
  const unsigned status = statuses[data[0] % std::size(statuses)];
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto one_line = [](const std::string& why) { return !why.empty() && why.find('\n') == std::string::npos; };
  const Reading reading = read_answer(events, tarn::api::Peer::Answer{status, {}, body});
  if (const auto* bad = std::get_if<Bad>(&reading)) CHECK(status == 400 && one_line(bad->why));
  if (const auto* trouble = std::get_if<Trouble>(&reading)) CHECK(one_line(trouble->why));
  if (const auto* judged = std::get_if<std::vector<Judged>>(&reading)) {
    CHECK(judged->size() == events.size());
    for (const auto& [verdict, why] : *judged) {
      CHECK((verdict == Verdict::acknowledged) == why.empty());
      CHECK(verdict != Verdict::acknowledged || status == 200 || status == 207);
    }
  }
  return 0;
}
