#include "sim/shrink.h"

#include <algorithm>
#include <utility>

namespace tarn::sim {
namespace {

// Fewer acts shift every later choice, and the bad luck may go: a few others are tried.
constexpr std::uint64_t other_seeds = 3;

class Shrinker {
 public:
  Shrinker(Story story, const std::function<bool(const Story&)>& breaks, std::size_t runs_max)
      : best_{std::move(story), 0}, breaks_(breaks), runs_max_(runs_max) {}

  Shrunk run() {
    for (bool better = true; better && best_.runs < runs_max_;) {
      better = leave_out_acts();
      better = fewer_hosts() || better;
      better = shorter_waits() || better;
    }
    return std::move(best_);
  }

 private:
  bool takes(Story story) {
    for (std::uint64_t other = 0; other <= other_seeds; ++other) {
      if (best_.runs >= runs_max_) return false;
      if (other > 0) story.seed = other;
      ++best_.runs;
      if (!breaks_(story)) continue;
      best_.story = std::move(story);
      return true;
    }
    return false;
  }

  bool leave_out_acts() {
    bool better = false;
    for (std::size_t size = std::max<std::size_t>(best_.story.acts.size() / 2, 1); size > 0; size /= 2) {
      for (std::size_t at = best_.story.acts.size(); at > 0;) {
        at -= std::min(at, size);
        Story shorter = best_.story;
        const auto begin = shorter.acts.begin() + static_cast<std::ptrdiff_t>(at);
        const auto length = std::min(size, shorter.acts.size() - at);
        shorter.acts.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
        better = takes(std::move(shorter)) || better;
      }
    }
    return better;
  }

  bool fewer_hosts() {
    if (best_.story.hosts == 1) return false;
    Story fewer = best_.story;
    --fewer.hosts;
    return takes(std::move(fewer));
  }

  bool shorter_waits() {
    bool better = false;
    for (std::size_t i = 0; i < best_.story.acts.size(); ++i) {
      if (best_.story.acts[i].deed != Deed::steps) continue;
      for (const std::uint32_t part : {0U, 2U}) {
        const std::uint32_t before = best_.story.acts[i].numbers[0];
        const std::uint32_t after = part == 0 ? 0 : before / part;
        if (after == before) continue;
        Story sooner = best_.story;
        sooner.acts[i].numbers[0] = after;
        if (takes(std::move(sooner))) {
          better = true;
          break;
        }
      }
    }
    return better;
  }

  Shrunk best_;
  const std::function<bool(const Story&)>& breaks_;
  std::size_t runs_max_;
};

}  // namespace

std::string law_of(const std::string& violation) {
  return violation.substr(0, violation.find(':'));
}

Shrunk shrink(Story story, const std::function<bool(const Story&)>& breaks, std::size_t runs_max) {
  return Shrinker(std::move(story), breaks, runs_max).run();
}

}  // namespace tarn::sim
