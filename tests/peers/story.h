// A story: requests that follow from one seed and from what the clouds have answered so far.
#pragma once

#include "kinds.h"

namespace tarn::test {

class Story {
 public:
  explicit Story(std::uint64_t seed) : choice_(seed) {}

  Request next();
  // Tells what both sides did with the last request. A new object gets a symbol, which is returned.
  std::string made();
  void gone();
  void keep(const std::string& kind, const std::string& symbol) { objects_[kind].push_back(symbol); }
  // The kind of the object that the last request made, changed or removed.
  [[nodiscard]] const std::string& kind() const { return kind_; }

 private:
  Request create(const Draw& draw, const Kind& kind);
  Request change(const Draw& draw, const Kind& kind);
  Request act(const Draw& draw);
  Request list(const Draw& draw, const Kind& kind);
  Request tag(const Draw& draw, const Kind& kind);
  Request one(const Draw& draw, const Kind& kind, const std::string& method);
  std::string path_of(const Draw& draw, const Kind& kind);
  const Kind& any_kind(const Draw& draw);

  rt::Seeded choice_;
  Objects objects_;
  std::map<std::string, std::string> parents_;  // of objects whose path goes through another
  std::string kind_, symbol_, parent_;
  int count_ = 0;
};

}  // namespace tarn::test
