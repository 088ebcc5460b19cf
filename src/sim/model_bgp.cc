#include "sim/model_bgp.h"

namespace tarn::sim {

using domain::BgpItem;
using Step = reconcile::Step<BgpItem>;

constexpr std::uint32_t answer_ms_max = 5;

namespace {

bool is_in(const BgpItem::Key& key, const BgpItem::Key& view) {
  return key.speaker == view.speaker && key.local_as == view.local_as;
}

}  // namespace

void BgpConfiguration::apply(const Step& step) {
  const BgpItem::Key& key = reconcile::key_of<BgpItem>(step);
  ++writes;
  if (reconcile::is_removal<BgpItem>(step)) {
    items.erase(key);
    if (key.kind == BgpItem::Kind::view) std::erase_if(items, [&](const auto& item) { return is_in(item.first, key); });
    return;
  }
  const auto* create = std::get_if<reconcile::Create<BgpItem>>(&step);
  const BgpItem::Spec& want = create ? create->want : std::get<reconcile::Change<BgpItem>>(step).want;
  if (key.kind == BgpItem::Kind::peer || key.kind == BgpItem::Kind::route)
    items.try_emplace({BgpItem::Kind::view, key.speaker, key.local_as, {}});
  items.insert_or_assign(key, BgpItem::as_applied(want));
}

void ModelBgp::later(rt::TimerHandle& timer, rt::Job job) {
  timer = loop_.after(std::chrono::milliseconds(choice_.below(answer_ms_max + 1)), std::move(job));
}

void ModelBgp::list(reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<BgpItem>>>> done) {
  later(listed_, [this, done = std::move(done)]() mutable {
    if (!configuration_.runs) return done(fail(ErrorCode::unavailable, "bgpd does not run"));
    reconcile::Collector<reconcile::Actual<BgpItem>> collector;
    collector.so_far() = configuration_.items;
    done(std::move(collector).finish());
  });
}

void ModelBgp::apply(std::vector<Step> batch, reconcile::Writes writes,
                     reconcile::Completion<std::vector<reconcile::Outcome>> done) {
  later(applied_, [this, batch = std::move(batch), writes, done = std::move(done)]() mutable {
    const bool heard = configuration_.runs && writes == reconcile::Writes::allow;
    const reconcile::Outcome outcome =
        heard ? reconcile::Outcome{reconcile::Applied{}}
              : reconcile::Refused{{ErrorCode::unavailable, {}, "bgpd does not run, or writing is forbidden"}};
    if (heard)
      for (const Step& step : batch) configuration_.apply(step);
    done(std::vector<reconcile::Outcome>(batch.size(), outcome));
  });
}

}  // namespace tarn::sim
