// How long this node waits for hosts that it watches and has never seen: one that is dead since before anybody looked
// is not to be waited for. Owned by the brain; decides by the clock alone.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "domain/plugged_interface.h"
#include "rt/loop.h"

namespace tarn::agent {

class Lookout {
 public:
  // `overdue` is called when missed() would say more than it said.
  Lookout(rt::Loop& loop, std::function<void()> overdue) : loop_(loop), overdue_(std::move(overdue)) {}

  // The ports whose other end has been unknown for too long, as of now.
  std::set<std::string> missed(const domain::PluggedInterfaces& plugged);

 private:
  rt::Loop& loop_;
  std::function<void()> overdue_;
  std::map<std::string, rt::Instant> unknown_since_;
  rt::TimerHandle alarm_;
};

}  // namespace tarn::agent
