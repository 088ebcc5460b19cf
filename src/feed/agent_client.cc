#include "feed/agent_client.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::feed {

AgentClient::AgentClient(rt::Loop& loop, rt::Choice& choice, AgentDialer& dialer, RedialDelays delays,
                         Protocols protocols)
    : loop_(loop), choice_(choice), dialer_(dialer), delays_(delays), protocols_(protocols) {}

AgentClient::~AgentClient() {
  stop();
}

void AgentClient::start(NodeFacts facts, model::Slice held, Events events) {
  CHECK(!end_);
  events_ = std::move(events);
  end_.emplace(std::move(facts), std::move(held), protocols_);
  dial();
}

void AgentClient::stop() {
  ++line_number_;
  redial_.reset();
  impatience_.reset();
  burial_.reset();
  line_.reset();
  broken_line_.reset();
}

void AgentClient::report(Report report) {
  CHECK(end_);
  end_->report(std::move(report));
  pump();
}

void AgentClient::dial() {
  const std::uint64_t number = ++line_number_;
  const auto mine = [this, number] { return number == line_number_; };
  end_->connect();
  sending_ = false;
  line_ = dialer_.dial({[this, mine](const ToAgent& message) {
                          if (mine()) received(message);
                        },
                        [this, mine] {
                          if (!mine()) return;
                          sending_ = false;
                          pump();
                        },
                        [this, mine](const std::string& why) {
                          if (mine()) broken(why);
                        }});
  impatience_ = loop_.after(delays_.welcome, [this] { broken("the server did not answer"); });
  pump();
}

void AgentClient::received(const ToAgent& message) {
  const bool was_welcomed = end_->welcomed();
  Result<std::optional<AgentEnd::Advanced>> heard = end_->receive(message);
  if (!heard) return broken(heard.error().message);
  const std::uint64_t number = line_number_;
  if (end_->welcomed() && !was_welcomed) {
    impatience_.reset();
    trouble_.reset();
    events_.on_connection(true, "connected");
  }
  if (number != line_number_) return;  // the event stopped us
  if (*heard) {
    failures_ = 0;
    events_.on_slice(*end_->slice(), (*heard)->revision, (*heard)->touched);
  }
  if (number == line_number_) pump();
}

void AgentClient::pump() {
  if (!line_ || sending_) return;
  std::optional<ToServer> message = end_->next();
  if (!message) return;
  sending_ = true;
  line_->send(std::move(*message));
}

void AgentClient::broken(const std::string& why) {
  ++line_number_;
  impatience_.reset();
  // The callback that brought us here may belong to the line: it is taken away when that has returned.
  broken_line_ = std::move(line_);
  burial_ = loop_.after(rt::Duration(0), [this] { broken_line_.reset(); });
  redial_ = loop_.after(next_delay(), [this] { dial(); });
  if (trouble_ == why) return;
  trouble_ = why;
  events_.on_connection(false, why);
}

rt::Duration AgentClient::next_delay() {
  rt::Duration mean = delays_.first;
  for (int i = 0; i < failures_ && mean < delays_.most; ++i) mean *= 2;
  ++failures_;
  return std::min(choice_.jitter(mean), delays_.most);
}

}  // namespace tarn::feed
