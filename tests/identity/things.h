// What tests of identity stand on: a clock turned by hand, workers that wait to be told, and a Keystone that answers
// HTTP questions as the Identity API v3 describes it.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/peer.h"
#include "rt/clock.h"
#include "rt/worker.h"

namespace tarn::identity::test {

constexpr std::int64_t noon_ms = 1'772'366'400'000;  // 2026-03-01T12:00:00Z by `date -d`

class HandClock final : public rt::Clock {
 public:
  [[nodiscard]] rt::Instant now() const override { return {std::chrono::milliseconds(passed_ms)}; }
  [[nodiscard]] rt::WallTime wall() const override { return {noon_ms + passed_ms}; }
  void pass(std::chrono::milliseconds time) { passed_ms += time.count(); }

  std::int64_t passed_ms = 0;
};

// Runs nothing until it is told to; takes `room` jobs.
class HeldWorker final : public rt::Worker {
 public:
  explicit HeldWorker(std::size_t room = 1'000) : room_(room) {}
  [[nodiscard]] bool run(rt::Job job) override {
    if (jobs_.size() >= room_) return false;
    jobs_.push_back(std::move(job));
    return true;
  }
  void work() {
    while (!jobs_.empty()) {
      rt::Job job = std::move(jobs_.front());
      jobs_.pop_front();
      job();
    }
  }
  [[nodiscard]] std::size_t waiting() const { return jobs_.size(); }

 private:
  const std::size_t room_;
  std::deque<rt::Job> jobs_;
};

// The Identity API's example answer, shortened, with what tests choose.
inline std::string token_answer(const std::string& expires_at,
                                const std::string& roles = R"([{"id":"1","name":"member"}])",
                                const std::string& user = "ada") {
  return R"({"token":{"methods":["password"],"user":{"domain":{"id":"default","name":"Default"},"id":"u-)" + user +
         R"(","name":")" + user + R"(","password_expires_at":null},"audit_ids":["mAjXQhiYRyKwkB4qygdLVg"],)" +
         R"("expires_at":")" + expires_at + R"(","issued_at":"2026-03-01T11:00:00.000000Z",)" +
         R"("project":{"domain":{"id":"default","name":"Default"},"id":"p-1","name":"blue"},"roles":)" + roles + "}}";
}

class FakeKeystone final : public api::Peer {
 public:
  Result<Answer> ask(const Question& question) override {
    asked.push_back(question.method + " " + question.target);
    if (away) return fail(ErrorCode::unavailable, "connection refused");
    if (question.method == "POST") {
      if (question.body.find("\"sesame\"") == std::string::npos) return Answer{401};
      own = "own-" + std::to_string(++logins);
      return Answer{201, {{"X-Subject-Token", own}}, token_answer(own_expires_at)};
    }
    const std::string* by = api::find_header(question.headers, "X-Auth-Token");
    if (!by || *by != own) return Answer{401};
    const std::string* subject = api::find_header(question.headers, "X-Subject-Token");
    const bool late_too = question.target.find("allow_expired=1") != std::string::npos;
    const auto found = subject ? tokens.find(*subject) : tokens.end();
    if (found == tokens.end() || (expired.contains(*subject) && !late_too)) return Answer{404};
    return found->second;
  }

  std::map<std::string, Answer> tokens;
  std::set<std::string> expired;
  bool away = false;
  std::string own;
  std::string own_expires_at = "2026-03-01T13:00:00.000000Z";
  int logins = 0;
  std::vector<std::string> asked;
};

}  // namespace tarn::identity::test
