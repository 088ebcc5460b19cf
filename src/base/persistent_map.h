// An ordered map as an immutable value: `with` and `without` give a new map that shares all but O(log n) nodes with the
// old one, and `difference` walks two versions skipping what they share. Safe to read from any thread.
// An AVL tree with path copying; entries live apart from the nodes, so that copying a path copies no key and no value.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/shared_value.h"

namespace tarn {

template <class K, class V>
class PersistentMap {
  struct Content {
    K key;
    V value;
  };
  using Leaf = SharedValue<Content>;
  struct Node;
  using Link = SharedValue<Node>;
  struct Node {
    Leaf content;
    Link left;
    Link right;
    std::int32_t height;
    std::uint32_t size;
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
    Entry operator*() const { return {path_.back()->content->key, path_.back()->content->value}; }
    Iterator& operator++() {
      const Node* done = path_.back();
      path_.pop_back();
      descend_left(done->right.get());
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const {
      return (path_.empty() ? nullptr : path_.back()) == (other.path_.empty() ? nullptr : other.path_.back());
    }

   private:
    friend class PersistentMap;
    void descend_left(const Node* node) {
      for (; node != nullptr; node = node->left.get()) path_.push_back(node);
    }
    std::vector<const Node*> path_;  // from the root, only nodes still to be visited
  };

  PersistentMap() = default;

  [[nodiscard]] std::size_t size() const { return size_of(root_); }
  [[nodiscard]] bool empty() const { return !root_; }
  [[nodiscard]] const V* find(const K& key) const;
  [[nodiscard]] bool contains(const K& key) const { return find(key) != nullptr; }
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const { return {}; }
  [[nodiscard]] Iterator lower_bound(const K& key) const;  // first entry not before `key`

  // Positions in key order, from 0. Both are O(log n).
  [[nodiscard]] std::size_t rank(const K& key) const;          // how many entries stand before `key`
  [[nodiscard]] Iterator at_rank(std::size_t position) const;  // the end when there are not that many

  [[nodiscard]] PersistentMap with(K key, V value) const {  // inserts or replaces
    return PersistentMap(insert(root_, Leaf::make(std::move(key), std::move(value))));
  }
  [[nodiscard]] PersistentMap without(const K& key) const {  // the same version when there is no such key
    return contains(key) ? PersistentMap(erase(root_, key)) : *this;
  }

  // Calls visit(key, const V* before, const V* after) in key order for every key that was added (before null),
  // removed (after null) or written again by `with`; equal values are reported when they were written again.
  // Costs O(d log n) for d such keys when one map grew out of the other.
  template <class Visit>
  static void difference(const PersistentMap& before, const PersistentMap& after, Visit&& visit);

  // True when both are the same version: no walk, no comparison.
  [[nodiscard]] bool shares(const PersistentMap& other) const { return root_ == other.root_; }

 private:
  explicit PersistentMap(Link root) : root_(std::move(root)) {}

  static std::int32_t height_of(const Link& node) { return node ? node->height : 0; }
  static std::uint32_t size_of(const Link& node) { return node ? node->size : 0; }
  static Link make(Leaf content, Link left, Link right) {
    const std::int32_t height = 1 + std::max(height_of(left), height_of(right));
    const std::uint32_t size = 1 + size_of(left) + size_of(right);
    return Link::make(std::move(content), std::move(left), std::move(right), height, size);
  }
  static Link balance(Leaf content, Link left, Link right);
  static Link insert(const Link& node, Leaf content);
  static Link erase(const Link& node, const K& key);
  static Link erase_first(const Link& node);

  // What one side of `difference` has still to be compared, in key order: whole subtrees until they are opened.
  class Remaining {
   public:
    explicit Remaining(const Node* root) { push(root, true); }
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] const Node* top() const { return items_.back().node; }
    [[nodiscard]] bool closed() const { return items_.back().whole; }  // the top is a whole subtree
    void pop() { items_.pop_back(); }
    void open() {
      const Node* node = top();
      pop();
      push(node->right.get(), true);
      push(node, false);
      push(node->left.get(), true);
    }

   private:
    struct Item {
      const Node* node;
      bool whole;
    };
    void push(const Node* node, bool whole) {
      if (node != nullptr) items_.push_back({node, whole});
    }
    std::vector<Item> items_;
  };

  Link root_;
};

}  // namespace tarn

#include "base/persistent_map_inl.h"  // IWYU pragma: export
