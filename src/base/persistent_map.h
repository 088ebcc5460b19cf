// An ordered map as an immutable value: `with` and `without` give a new map that shares all but O(log n) nodes with the
// old one, and `difference` walks two versions skipping what they share. Safe to read from any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"

namespace tarn {

template <class K, class V>
class PersistentMap {
  struct Node;
  using Link = std::shared_ptr<const Node>;
  struct Node {
    K key;
    V value;
    Link left;
    Link right;
    int height;
    std::size_t size;
  };

 public:
  using Entry = std::pair<const K&, const V&>;

  // In key order. Valid as long as some copy of the map it came from lives.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Entry;

    Iterator() = default;
    Entry operator*() const { return {path_.back()->key, path_.back()->value}; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const {
      return (path_.empty() ? nullptr : path_.back()) == (other.path_.empty() ? nullptr : other.path_.back());
    }

   private:
    friend class PersistentMap;
    void descend_left(const Node* node);
    std::vector<const Node*> path_;  // from the root, only nodes still to be visited
  };

  [[nodiscard]] std::size_t size() const { return root_ ? root_->size : 0; }
  [[nodiscard]] bool empty() const { return root_ == nullptr; }
  [[nodiscard]] const V* find(const K& key) const;
  [[nodiscard]] bool contains(const K& key) const { return find(key) != nullptr; }
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const { return {}; }
  [[nodiscard]] Iterator lower_bound(const K& key) const;  // first entry not before `key`

  [[nodiscard]] PersistentMap with(K key, V value) const;  // inserts or replaces
  [[nodiscard]] PersistentMap without(const K& key) const;

  // Calls visit(key, const V* before, const V* after) in key order for every key that was added (before null),
  // removed (after null) or whose node differs; equal values may be reported when the node was rewritten.
  template <class Visit>
  static void difference(const PersistentMap& before, const PersistentMap& after, Visit&& visit);

  // True when both are the same version: no walk, no comparison.
  [[nodiscard]] bool shares(const PersistentMap& other) const { return root_ == other.root_; }

 private:
  explicit PersistentMap(Link root) : root_(std::move(root)) {}

  Link root_;
};

}  // namespace tarn
