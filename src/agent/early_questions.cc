#include "agent/early_questions.h"

#include <algorithm>

namespace tarn::agent {

void EarlyQuestions::keep(std::uint32_t interface, render::PuntReason kind, Bytes frame, rt::Instant now) {
  std::erase_if(questions_, [now](const auto& each) { return now - each.second.asked > kept_for; });
  questions_.insert_or_assign({interface, kind}, Question{std::move(frame), now});
  if (questions_.size() <= most) return;
  questions_.erase(std::ranges::min_element(questions_, {}, [](const auto& each) { return each.second.asked; }));
}

std::vector<Bytes> EarlyQuestions::take(std::uint32_t interface, rt::Instant now) {
  std::vector<Bytes> frames;
  const auto first = questions_.lower_bound({interface, render::PuntReason{}});
  const auto last =
      std::find_if(first, questions_.end(), [&](const auto& each) { return each.first.first != interface; });
  for (auto each = first; each != last; ++each)
    if (now - each->second.asked <= kept_for) frames.push_back(std::move(each->second.frame));
  questions_.erase(first, last);
  return frames;
}

std::set<std::uint32_t> EarlyQuestions::interfaces() const {
  std::set<std::uint32_t> found;
  for (const auto& [key, question] : questions_) found.insert(key.first);
  return found;
}

}  // namespace tarn::agent
