// What a node says of its own accord: on physical segments that an address is here now, and who the next hops are; to
// ports here, whether they have an address that several may take. Nothing waits for it to be told: the switch learns
// what is answered. Owned by the brain.
#pragma once

#include <cstdint>

#include "agent/sayings.h"
#include "host/openflow_driver.h"
#include "render/outputs.h"
#include "rt/choice.h"

namespace tarn::agent {

template <>
bool is_news(const answer::Announcement& before, const answer::Announcement& now);

class Announcer {
 public:
  Announcer(rt::Loop& loop, rt::Choice& choice, host::OpenflowDriver& driver);

  void wish_changed(const render::Patches& patches);
  // All that is wished stands in the switch, over so many connections to it until now. One more is another switch,
  // perhaps, which knows nobody outside and for whose host another one has answered meanwhile.
  void in_place(std::uint64_t connections);
  // The switch begins to forward: what was said before may have gone nowhere.
  void say_all();
  // The switch had a packet for somebody on a segment whom it does not know.
  void unresolved(const wire::of::PacketIn& packet);
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  void arm();
  void speak();
  void ask(const answer::NextHops& asker, const Ip& wanted);
  void send(const std::vector<wire::of::Action>& way, const Bytes& frame);

  rt::Loop& loop_;
  rt::Choice& choice_;
  host::OpenflowDriver& driver_;
  Sayings<Uuid, answer::Announcement> announcements_;
  Sayings<std::pair<PortId, Ip>, answer::Inquiry> inquiries_;
  Sayings<NetworkId, answer::NextHops> next_hops_;
  std::uint64_t connections_ = 0;
  rt::TimerHandle alarm_;
  std::uint64_t sent_ = 0;
};

}  // namespace tarn::agent
