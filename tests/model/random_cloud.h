// Small random clouds and random edits of them, drawn from few ids, hosts and addresses so that everything collides.
// The edits are raw rows: they need not obey the rules of admission.
#pragma once

#include <map>
#include <random>

#include "model/snapshot.h"

namespace tarn::model::test {

class RandomCloud {
 public:
  explicit RandomCloud(unsigned seed) : chance_(seed) {}

  // At most one edit for each row; some rows are removed, some are written again as they were.
  Change change(const Snapshot& before);
  Row row(Kind kind, unsigned number);
  unsigned below(unsigned bound) { return static_cast<unsigned>(chance_() % bound); }

  static Uuid id(Kind kind, unsigned number);
  static constexpr unsigned rows_of_a_kind = 8;
  static constexpr unsigned hosts = 4;
  static constexpr unsigned groups = 4;  // security groups
  static constexpr unsigned routers = 4;

 private:
  using Edits = std::map<std::pair<Kind, unsigned>, std::optional<Row>>;  // by the number of the row
  void add_taken_in_turns(const Snapshot& before, Edits& edits);

  std::mt19937 chance_;
};

}  // namespace tarn::model::test
