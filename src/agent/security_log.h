// The records of what security groups let through and what not: what the switch hands over becomes a line of JSON, with
// the logs of the API that asked for it. Owned by the brain. How many there may be in a second is the switch's business
// (render/records.cc), where the lines go is the sink's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "render/outputs.h"
#include "render/punt.h"
#include "rt/clock.h"

namespace tarn::agent {

class SecurityLog {
 public:
  // One record without its end of line. Must not block.
  using Sink = std::function<void(std::string record)>;

  // Without a sink nothing is written.
  SecurityLog(const rt::Clock& clock, std::string host, Sink sink)
      : clock_(clock), host_(std::move(host)), sink_(std::move(sink)) {}

  void wish_changed(const render::Patches& patches);
  // What it holds may be cut. True when a record came of it.
  bool packet_came(const render::Punt& punt, const wire::of::PacketIn& packet);
  [[nodiscard]] std::uint64_t recorded() const { return recorded_; }

 private:
  const rt::Clock& clock_;
  std::string host_;
  Sink sink_;
  std::map<PortId, render::RecordSubject> subjects_;
  std::uint64_t recorded_ = 0;
};

}  // namespace tarn::agent
