// Answers what flows cannot: packets that the switch hands over with a mark are answered out of the rendered values and
// sent to the port they came from; routers' advertisements go out unasked from time to time. Owned by the brain.
#pragma once

#include <cstdint>
#include <map>

#include "agent/early_questions.h"
#include "host/openflow_driver.h"
#include "render/outputs.h"
#include "render/punt.h"
#include "rt/choice.h"

namespace tarn::agent {

struct AnswerCounts {
  std::uint64_t received = 0;  // questions the switch handed over
  std::uint64_t answered = 0;
  std::uint64_t ignored = 0;     // no such port, or nothing to say
  std::uint64_t advertised = 0;  // sent unasked
};

class Answerer {
 public:
  Answerer(rt::Loop& loop, rt::Choice& choice, host::OpenflowDriver& driver);

  void wish_changed(const render::Patches& patches);
  void question_came(const render::Punt& punt, const wire::of::PacketIn& packet);
  // Answers those who asked before their port was wired, if it is now.
  void ports_wired(const std::map<PortId, model::PortStatus>& ports);
  [[nodiscard]] const AnswerCounts& counts() const { return counts_; }

 private:
  struct Answer {
    std::vector<wire::of::Action> actions;  // what brings it to whom it is for
    std::optional<Bytes> frame;
  };
  [[nodiscard]] Answer of_port(const PortId& port, ByteView frame) const;
  [[nodiscard]] Answer of_router(render::PuntReason reason, const wire::of::PacketIn& packet) const;
  void send(const Answer& answer);
  void say_farewell(answer::PortAnswers last, const std::optional<answer::PortAnswers>& next);
  void advertise(const PortId& port);
  void advertise_all();

  rt::Loop& loop_;
  rt::Choice& choice_;
  host::OpenflowDriver& driver_;
  std::map<PortId, answer::PortAnswers> answers_;
  std::map<std::uint32_t, PortId> senders_;  // the same ports, by what registers call them
  EarlyQuestions early_;
  rt::TimerHandle advertise_alarm_;
  AnswerCounts counts_;
};

}  // namespace tarn::agent
