#include "sim/file_folder.h"

namespace tarn::sim {

constexpr std::uint32_t answer_ms_max = 5;

template <reconcile::Domain File>
void FileFolder<File>::later(rt::TimerHandle& timer, rt::Job job) {
  timer = loop_.after(std::chrono::milliseconds(choice_.below(answer_ms_max + 1)), std::move(job));
}

template <reconcile::Domain File>
void FileFolder<File>::list(reconcile::Completion<Listing> done) {
  later(listed_, [this, done = std::move(done)]() mutable {
    reconcile::Collector<reconcile::Actual<File>> collector;
    for (const auto& [key, content] : files_) collector.so_far().emplace(key, File::seen(content));
    done(std::move(collector).finish());
  });
}

template <reconcile::Domain File>
void FileFolder<File>::apply(std::vector<reconcile::Step<File>> batch, reconcile::Writes writes,
                             reconcile::Completion<Outcomes> done) {
  later(applied_, [this, batch = std::move(batch), writes, done = std::move(done)]() mutable {
    Outcomes outcomes;
    for (const auto& step : batch) {
      if (writes == reconcile::Writes::forbid) {
        outcomes.emplace_back(reconcile::Refused{{ErrorCode::unavailable, {}, "writing is forbidden"}});
        continue;
      }
      const typename File::Key key = reconcile::key_of<File>(step);
      if (const auto* create = std::get_if<reconcile::Create<File>>(&step)) {
        files_.insert_or_assign(key, create->want.text());
      } else if (const auto* change = std::get_if<reconcile::Change<File>>(&step)) {
        files_.insert_or_assign(key, change->want.text());
      } else {
        files_.erase(key);
      }
      outcomes.emplace_back(reconcile::Applied{});
    }
    done(std::move(outcomes));
  });
}

template class FileFolder<domain::InstanceFile>;
template class FileFolder<domain::NameFile>;

}  // namespace tarn::sim
