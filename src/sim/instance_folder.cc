#include "sim/instance_folder.h"

namespace tarn::sim {

using domain::InstanceFile;

constexpr std::uint32_t answer_ms_max = 5;

void InstanceFolder::later(rt::TimerHandle& timer, rt::Job job) {
  timer = loop_.after(std::chrono::milliseconds(choice_.below(answer_ms_max + 1)), std::move(job));
}

void InstanceFolder::list(reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<InstanceFile>>>> done) {
  later(listed_, [this, done = std::move(done)]() mutable {
    reconcile::Collector<reconcile::Actual<InstanceFile>> collector;
    for (const auto& [key, content] : files_) {
      InstanceFile::Seen seen{content, std::nullopt};
      if (const auto spec = InstanceFile::parse(content); spec && spec->text() == content) seen.port = spec->port;
      collector.so_far().emplace(key, std::move(seen));
    }
    done(std::move(collector).finish());
  });
}

void InstanceFolder::apply(std::vector<reconcile::Step<InstanceFile>> batch, reconcile::Writes writes,
                           reconcile::Completion<std::vector<reconcile::Outcome>> done) {
  later(applied_, [this, batch = std::move(batch), writes, done = std::move(done)]() mutable {
    std::vector<reconcile::Outcome> outcomes;
    for (const auto& step : batch) {
      if (writes == reconcile::Writes::forbid) {
        outcomes.emplace_back(reconcile::Refused{{ErrorCode::unavailable, {}, "writing is forbidden"}});
        continue;
      }
      const InstanceFile::Key key = reconcile::key_of<InstanceFile>(step);
      if (const auto* create = std::get_if<reconcile::Create<InstanceFile>>(&step)) {
        files_.insert_or_assign(key, create->want.text());
      } else if (const auto* change = std::get_if<reconcile::Change<InstanceFile>>(&step)) {
        files_.insert_or_assign(key, change->want.text());
      } else {
        files_.erase(key);
      }
      outcomes.emplace_back(reconcile::Applied{});
    }
    done(std::move(outcomes));
  });
}

}  // namespace tarn::sim
