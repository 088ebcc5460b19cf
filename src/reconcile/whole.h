// Completeness as a type. A Whole<Table> is a table whose listing (or feed) was heard to its end; nothing else may
// justify a removal. A lost connection destroys the value, and without it no sweep compiles.
#pragma once

#include <type_traits>
#include <utility>

namespace tarn::reconcile {

template <class Table>
class Whole {
 public:
  const Table& operator*() const { return table_; }
  const Table* operator->() const { return &table_; }

  // Folds a later, complete change into the table: what was whole stays whole.
  template <class Change>
  void fold(Change&& change) {
    std::forward<Change>(change)(table_);
  }

 private:
  template <class>
  friend class Collector;
  template <class Function, class... Tables>
  friend auto derive(Function function, const Whole<Tables>&... from)
      -> Whole<std::decay_t<std::invoke_result_t<Function, const Tables&...>>>;

  explicit Whole(Table table) : table_(std::move(table)) {}

  Table table_;
};

// Gathers a listing. Whoever holds one finishes it only when the far side said that this was all.
template <class Table>
class Collector {
 public:
  Table& so_far() { return table_; }
  [[nodiscard]] Whole<Table> finish() && { return Whole<Table>(std::move(table_)); }

 private:
  Table table_;
};

// A pure function of whole values is whole: the only way a wish becomes one.
template <class Function, class... Tables>
[[nodiscard]] auto derive(Function function, const Whole<Tables>&... from)
    -> Whole<std::decay_t<std::invoke_result_t<Function, const Tables&...>>> {
  return Whole<std::decay_t<std::invoke_result_t<Function, const Tables&...>>>(function(*from...));
}

}  // namespace tarn::reconcile
