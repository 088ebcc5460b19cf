#include "agent/brain.h"

#include <utility>

#include "reconcile/retry.h"
#include "render/facts.h"

namespace tarn::agent {

Brain::Brain(rt::Loop& loop, rt::Choice& choice, host::OvsdbDriver& database, host::OpenflowDriver& switch_flows,
             const ServiceFolders& folders, reconcile::Target<domain::BgpItem>& bgp_daemon, feed::AgentFeed& feed,
             BrainSettings settings)
    : loop_(loop),
      choice_(choice),
      database_(database),
      switch_flows_(switch_flows),
      feed_(feed),
      settings_(std::move(settings)),
      renderer_(render::node_units()),
      lanes_(loop, choice, database, switch_flows, folders, bgp_daemon, settings_.lanes),
      answerer_(loop, choice, switch_flows),
      announcer_(loop, choice, switch_flows),
      lookout_(loop, [this] { facts_stale_ = true, render_soon(); }),
      security_log_(loop.clock(), settings_.node.host, settings_.record) {
  switch_flows_.on_packet([this](const wire::of::PacketIn& packet) { packet_came(packet); });
  database_.on_change([this](const host::OvsdbChanges&) { facts_stale_ = true, render_soon(); });
  const auto numbers_moved = [this](bool, const auto&) { facts_stale_ = true, render_soon(); };
  lanes_.bridges.on_actual(numbers_moved);
  lanes_.switch_ports.on_actual(numbers_moved);
  lanes_.instances.on_actual(numbers_moved);
  lanes_.numbers.on_actual([this](bool, const auto&) {
    facts_stale_ = true, render_soon();
    lanes_.numbers.hold(true);  // a wish made before says nothing of a network whose number is recorded only now
  });
  for (reconcile::Machine* machine : {&lanes_.machine, &lanes_.announcing}) machine->on_turn([this] { turned(); });
}

void Brain::start(std::optional<Remembered> remembered, Remember remember) {
  remembered_ = std::move(remembered);
  remember_ = std::move(remember);
  if (remembered_) journal_alarm_ = loop_.after(settings_.journal_after, [this] { use_journal(); });
  feed::NodeFacts facts;
  facts.host = settings_.node.host;
  facts.version = settings_.version;
  if (settings_.node.tunnel_address) facts.tunnel_address = settings_.node.tunnel_address->text();
  facts.bridge_mappings = settings_.node.bridge_mappings;
  facts.started_at_ms = settings_.started_at_ms;
  facts.speaks_bgp = settings_.node.bgp_router_id.has_value();
  feed::AgentFeed::Events events;
  events.on_slice = [this](const auto& slice, model::Revision revision, const auto& touched) {
    slice_came(slice, revision, touched);
  };
  events.on_connection = [this](bool connected, std::string why) { connection_changed(connected, std::move(why)); };
  feed_.start(std::move(facts), remembered_ ? remembered_->slice : model::Slice(), std::move(events));
}

void Brain::packet_came(const wire::of::PacketIn& packet) {
  const std::optional<render::Punt> punt = render::decode_punt(packet.userdata);
  if (!punt) return;
  if (punt->reason == render::PuntReason::unresolved) {
    announcer_.unresolved(packet);
  } else if (is_question(punt->reason)) {
    answerer_.question_came(*punt, packet);
    answerer_.ports_wired(progress_.ports());  // the switch may have asked just before it was told
  } else {
    security_log_.packet_came(*punt, packet);
  }
}

void Brain::slice_came(const reconcile::Whole<model::Slice>& slice, model::Revision revision,
                       const std::set<model::SliceName>& touched) {
  journal_alarm_.reset();
  if (!slice_ && journal_in_use_) {
    // Rows came from the journal: whatever it remembers that is gone now must go too.
    for (const auto& [name, item] : remembered_->slice) rows_.set_slice_row(name, slice->find(name));
  }
  for (const model::SliceName& name : touched) rows_.set_slice_row(name, slice->find(name));
  slice_ = slice;
  revision_ = revision;
  const bool known = remembered_ && remembered_->slice.shares(*slice);  // rows have versions of their own
  remembered_.reset();
  if (remember_ && !known) remember_(*slice, revision);
  render_soon();
}

void Brain::connection_changed(bool connected, std::string why) {
  connected_ = connected;
  connection_words_ = std::move(why);
  if (!connected) use_journal();
}

// No server answers: what was last known whole may create and repair, and is never evidence for a removal.
void Brain::use_journal() {
  journal_alarm_.reset();
  if (slice_ || !remembered_ || std::exchange(journal_in_use_, true)) return;
  for (const auto& [name, item] : remembered_->slice) rows_.set_slice_row(name, &item);
  revision_ = remembered_->revision;
  render_soon();
}

void Brain::render_soon() {
  if (std::exchange(render_posted_, true)) return;
  loop_.post([this, alive = alive_] {
    if (*alive) render_now();
  });
}

// Facts are read only when every table they come from is whole; while one is not, the last whole facts stay.
void Brain::read_facts() {
  const auto* plugged = database_.facts();
  const auto& bridges = lanes_.bridges.actual();
  const auto& ports = lanes_.switch_ports.actual();
  const auto& numbers = lanes_.numbers.actual();
  const auto& instances = lanes_.instances.actual();
  if (plugged == nullptr || !bridges || !ports || !numbers) return;
  // A folder that cannot be read holds nothing that a service could read; it keeps nobody else waiting.
  if (!instances && !lanes_.instances.listing_error()) return;
  const std::set<std::string> missed = lookout_.missed(**plugged);
  facts_ = reconcile::derive([&](const auto& p, const auto& b, const auto& s,
                                 const auto& n) { return render::facts_of(settings_.node, p, b, s, n, missed); },
                             *plugged, *bridges, *ports, *numbers);
  if (instances) facts_->fold([&](render::Facts& facts) { render::add_instances(facts, **instances); });
  rows_.set_facts(**facts_);
  facts_stale_ = false;
}

void Brain::render_now() {
  render_posted_ = false;
  if (facts_stale_) read_facts();
  if (!facts_ || (!slice_ && !journal_in_use_)) return;
  renderer_.touch(rows_, rows_.take_touched());
  if (!renderer_.render_some(rows_, settings_.render_units_max)) return render_soon();
  const render::Patches patches = renderer_.take_patches();
  progress_.wish_changed(patches);
  answerer_.wish_changed(patches);
  announcer_.wish_changed(patches);
  security_log_.wish_changed(patches);
  if (!slice_) {
    lanes_.want_remembered(renderer_.tables());
  } else if (!std::exchange(whole_wish_given_, true)) {
    lanes_.want(reconcile::derive([this](const auto&, const auto&) { return renderer_.tables(); }, *slice_, *facts_));
  } else {
    lanes_.want(patches);
  }
  if (!facts_stale_) lanes_.numbers.hold(false);
  lanes_.machine.wake();  // a new revision that changes nothing here is to be reported as applied all the same
}

bool Brain::in_sync() const {
  return switch_in_sync() && lanes_.announcing.at_rest();
}

bool Brain::switch_in_sync() const {
  return slice_ && whole_wish_given_ && !render_posted_ && lanes_.machine.at_rest();
}

bool Brain::wishes_as_from_scratch() const {
  if (!slice_ || !facts_ || !whole_wish_given_ || render_posted_) return true;
  return renderer_.tables() == *render::render_whole(*slice_, *facts_);
}

void Brain::when_in_sync(std::function<void()> done) {
  awaiting_sync_.push_back(std::move(done));
  lanes_.machine.wake();
}

void Brain::when_listed(std::function<void()> done) {
  awaiting_listing_.push_back({lanes_.flows.listings(), std::move(done)});
  lanes_.machine.audit();
}

void Brain::turned() {
  let_switch_forward();
  if (slice_ && whole_wish_given_ && !render_posted_) {
    if (auto report = progress_.report(lanes_, renderer_, rows_, revision_)) feed_.report(std::move(*report));
    answerer_.ports_wired(progress_.ports());
  }
  if (switch_in_sync()) announcer_.in_place(switch_flows_.counters().connections);
  if (in_sync()) {
    for (auto& done : std::exchange(awaiting_sync_, {})) done();
  }
  const bool listed = lanes_.flows.actual().has_value() && !lanes_.flows.listing();
  std::vector<AwaitedListing> later;
  for (AwaitedListing& awaited : std::exchange(awaiting_listing_, {})) {
    if (listed && lanes_.flows.listings() > awaited.listings) {
      awaited.done();
    } else {
      later.push_back(std::move(awaited));
    }
  }
  for (AwaitedListing& awaited : later) awaiting_listing_.push_back(std::move(awaited));
}

// A switch started with flow-restore-wait keeps its old datapath flows until its tables are filled again. The word may
// come while a switch still runs that is yet to be restarted, or before we notice that it was: so only tables listed
// afterwards count, over a connection made afterwards, or after some patience over the one that there is.
bool Brain::tables_are_restored() {
  constexpr rt::Duration patience = std::chrono::seconds(10);
  if (!restore_wait_) {
    const std::uint64_t before = seen_without_restore_wait_ ? switch_flows_.counters().connections : 0;
    restore_wait_.emplace(RestoreWait{});
    restore_wait_->connections = before;
    restore_wait_->listings = lanes_.flows.listings();
    restore_wait_->alarm = loop_.after(patience, [this] {
      restore_wait_->patient = false;
      lanes_.machine.wake();
    });
    lanes_.flows.relist();
    lanes_.machine.wake();
  }
  const bool listed = lanes_.flows.listings() > restore_wait_->listings && !lanes_.flows.listing();
  const bool of_it = !restore_wait_->patient || switch_flows_.counters().connections > restore_wait_->connections;
  return listed && of_it && !render_posted_ && lanes_.machine.at_rest();
}

void Brain::let_switch_forward() {
  const auto* plugged = database_.facts();
  if (plugged == nullptr) return;
  if (!(*plugged)->node.flow_restore_wait) {
    seen_without_restore_wait_ = true;
    if (restore_wait_) announcer_.say_all();
    restore_wait_.reset();
    return;
  }
  if (!tables_are_restored() || letting_forward_ || restore_wait_->waits) return;
  letting_forward_ = true;
  database_.clear_flow_restore_wait(settings_.lanes.writes, [this](const reconcile::Outcome& outcome) {
    letting_forward_ = false;
    if (restore_wait_ && std::holds_alternative<reconcile::Refused>(outcome)) forward_refused();
  });
}

// Nothing else may wake us before the next audit, and until then the switch would forward by what it had.
void Brain::forward_refused() {
  restore_wait_->waits = true;
  const rt::Duration delay = reconcile::retry_delay({}, ++restore_wait_->refusals, choice_);
  restore_wait_->next_attempt = loop_.after(delay, [this] {
    restore_wait_->waits = false;
    lanes_.machine.wake();
  });
}

}  // namespace tarn::agent
