// The agent: one loop that joins the feed, the facts of the node and the lanes. It observes, renders, and hands the
// wish over; the lanes remove the difference. The same path serves start, restart, reconnect and repair.
// Decides nothing that render or reconcile could decide.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/announcer.h"
#include "agent/answerer.h"
#include "agent/lanes.h"
#include "agent/lookout.h"
#include "agent/progress.h"
#include "agent/security_log.h"
#include "feed/agent_feed.h"
#include "render/renderer.h"

namespace tarn::agent {

struct BrainSettings {
  render::NodeConfig node;
  std::string version;  // of this build
  std::int64_t started_at_ms = 0;
  LaneSettings lanes;
  SecurityLog::Sink record;  // where records of security groups go; none: nowhere
  // How long a fresh agent waits for the servers before it repairs from the journal; a refused connection ends the
  // wait.
  rt::Duration journal_after = std::chrono::seconds(3);
  // Rendered in one turn; between two, the switch is answered (a unit takes a tenth of a millisecond).
  std::size_t render_units_max = 16;
};

// What the journal on disk remembers, and where the next slice goes.
struct Remembered {
  model::Slice slice;
  model::Revision revision = 0;
};
using Remember = std::function<void(const model::Slice&, model::Revision)>;

class Brain {
 public:
  Brain(rt::Loop& loop, rt::Choice& choice, host::OvsdbDriver& database, host::OpenflowDriver& switch_flows,
        const ServiceFolders& folders, reconcile::Target<domain::BgpItem>& bgp_daemon, feed::AgentFeed& feed,
        BrainSettings settings);
  ~Brain() { *alive_ = false; }
  Brain(const Brain&) = delete;
  Brain& operator=(const Brain&) = delete;

  // Begins: from what the journal remembers, if anything. `remember` is called with each whole slice that it
  // does not know yet.
  void start(std::optional<Remembered> remembered, Remember remember);

  // The wish is whole, the listings are whole, and nothing differs.
  [[nodiscard]] bool in_sync() const;
  // Law 6, for those who watch over it: the wish is what a renderer that never saw anything else would wish of the same
  // slice and facts. True while there is no whole wish, or a rendering is due.
  [[nodiscard]] bool wishes_as_from_scratch() const;
  // Calls back once in_sync() holds; dropped when the brain goes.
  void when_in_sync(std::function<void()> done);
  // Calls back once the flows were listed afresh, so that counters are of now.
  void when_listed(std::function<void()> done);

  [[nodiscard]] const Lanes& lanes() const { return lanes_; }
  [[nodiscard]] const render::Renderer& renderer() const { return renderer_; }
  [[nodiscard]] const render::Rows& rows() const { return rows_; }
  [[nodiscard]] const BrainSettings& settings() const { return settings_; }
  // The newest whole slice that a server sent; null until there is one.
  [[nodiscard]] const model::Slice* slice() const { return slice_ ? &**slice_ : nullptr; }
  // Of that slice, or of what the journal remembers while that is all there is.
  [[nodiscard]] model::Revision revision() const { return revision_; }
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] const std::string& connection_words() const { return connection_words_; }
  [[nodiscard]] bool from_journal() const { return !slice_ && journal_in_use_; }
  [[nodiscard]] const Progress& progress() const { return progress_; }
  [[nodiscard]] const AnswerCounts& answers() const { return answerer_.counts(); }
  [[nodiscard]] std::uint64_t recorded() const { return security_log_.recorded(); }

 private:
  void packet_came(const wire::of::PacketIn& packet);
  void slice_came(const reconcile::Whole<model::Slice>& slice, model::Revision revision,
                  const std::set<model::SliceName>& touched);
  void connection_changed(bool connected, std::string why);
  void use_journal();
  void render_soon();
  void render_now();
  void read_facts();
  void turned();
  void let_switch_forward();
  void forward_refused();
  [[nodiscard]] bool switch_in_sync() const;
  [[nodiscard]] bool tables_are_restored();

  rt::Loop& loop_;
  rt::Choice& choice_;
  host::OvsdbDriver& database_;
  host::OpenflowDriver& switch_flows_;
  feed::AgentFeed& feed_;
  BrainSettings settings_;
  render::Rows rows_;
  render::Renderer renderer_;
  Lanes lanes_;
  Answerer answerer_;
  Announcer announcer_;
  Lookout lookout_;
  SecurityLog security_log_;
  Progress progress_;

  std::optional<reconcile::Whole<model::Slice>> slice_;   // from the feed; never lost again
  std::optional<reconcile::Whole<render::Facts>> facts_;  // the last whole ones
  std::optional<Remembered> remembered_;
  Remember remember_;
  model::Revision revision_ = 0;
  bool connected_ = false;
  std::string connection_words_ = "not yet connected";
  bool journal_in_use_ = false;
  bool whole_wish_given_ = false;  // the lanes hold a whole wish, and are told changes only
  bool facts_stale_ = true;
  bool render_posted_ = false;
  bool letting_forward_ = false;
  // Since a flow-restore-wait was first seen: what shows that the flows listed are those of the switch that waits.
  struct RestoreWait {
    std::uint64_t connections = 0;  // a later connection is one to a switch that was started with it
    std::uint64_t listings = 0;     // only a later listing counts
    bool patient = true;            // while it may be meant for a restart that is still to come
    rt::TimerHandle alarm;
    std::uint32_t refusals = 0;  // of the database, to take the flag off
    bool waits = false;          // for the next attempt after one
    rt::TimerHandle next_attempt;
  };
  std::optional<RestoreWait> restore_wait_;
  bool seen_without_restore_wait_ = false;
  rt::TimerHandle journal_alarm_;
  std::vector<std::function<void()>> awaiting_sync_;
  struct AwaitedListing {
    std::uint64_t listings = 0;  // more than so many must have been made
    std::function<void()> done;
  };
  std::vector<AwaitedListing> awaiting_listing_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tarn::agent
