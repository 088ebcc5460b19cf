// The bodies of PersistentMap (persistent_map.h): lookups, balanced path copying, and the walk of two versions at once.
// Included by that header only.
#pragma once

#include "base/persistent_map.h"

namespace tarn {

template <class K, class V>
const V* PersistentMap<K, V>::find(const K& key) const {
  const Node* node = root_.get();
  while (node != nullptr) {
    if (key < node->content->key) {
      node = node->left.get();
    } else if (node->content->key < key) {
      node = node->right.get();
    } else {
      return &node->content->value;
    }
  }
  return nullptr;
}

template <class K, class V>
auto PersistentMap<K, V>::begin() const -> Iterator {
  Iterator it;
  it.descend_left(root_.get());
  return it;
}

template <class K, class V>
auto PersistentMap<K, V>::lower_bound(const K& key) const -> Iterator {
  Iterator it;
  const Node* node = root_.get();
  while (node != nullptr) {
    if (node->content->key < key) {
      node = node->right.get();
    } else {
      it.path_.push_back(node);
      node = node->left.get();
    }
  }
  return it;
}

template <class K, class V>
std::size_t PersistentMap<K, V>::rank(const K& key) const {
  std::size_t before = 0;
  const Node* node = root_.get();
  while (node != nullptr) {
    if (node->content->key < key) {
      before += size_of(node->left) + 1;
      node = node->right.get();
    } else {
      node = node->left.get();
    }
  }
  return before;
}

template <class K, class V>
auto PersistentMap<K, V>::at_rank(std::size_t position) const -> Iterator {
  Iterator it;
  const Node* node = position < size() ? root_.get() : nullptr;
  while (node != nullptr) {
    const std::size_t here = size_of(node->left);
    if (position > here) {
      position -= here + 1;
      node = node->right.get();
      continue;
    }
    it.path_.push_back(node);
    node = position == here ? nullptr : node->left.get();
  }
  return it;
}

// Joins two subtrees whose heights differ by at most two under `content`.
template <class K, class V>
auto PersistentMap<K, V>::balance(Leaf content, Link left, Link right) -> Link {
  if (height_of(left) > height_of(right) + 1) {
    if (height_of(left->left) >= height_of(left->right)) {
      return make(left->content, left->left, make(std::move(content), left->right, std::move(right)));
    }
    const Link& middle = left->right;
    return make(middle->content, make(left->content, left->left, middle->left),
                make(std::move(content), middle->right, std::move(right)));
  }
  if (height_of(right) > height_of(left) + 1) {
    if (height_of(right->right) >= height_of(right->left)) {
      return make(right->content, make(std::move(content), std::move(left), right->left), right->right);
    }
    const Link& middle = right->left;
    return make(middle->content, make(std::move(content), std::move(left), middle->left),
                make(right->content, middle->right, right->right));
  }
  return make(std::move(content), std::move(left), std::move(right));
}

template <class K, class V>
auto PersistentMap<K, V>::insert(const Link& node, Leaf content) -> Link {
  if (!node) return make(std::move(content), nullptr, nullptr);
  if (content->key < node->content->key) {
    return balance(node->content, insert(node->left, std::move(content)), node->right);
  }
  if (node->content->key < content->key) {
    return balance(node->content, node->left, insert(node->right, std::move(content)));
  }
  return make(std::move(content), node->left, node->right);
}

template <class K, class V>
auto PersistentMap<K, V>::erase_first(const Link& node) -> Link {
  if (!node->left) return node->right;
  return balance(node->content, erase_first(node->left), node->right);
}

template <class K, class V>
auto PersistentMap<K, V>::erase(const Link& node, const K& key) -> Link {
  CHECK(node);
  if (key < node->content->key) return balance(node->content, erase(node->left, key), node->right);
  if (node->content->key < key) return balance(node->content, node->left, erase(node->right, key));
  if (!node->left) return node->right;
  if (!node->right) return node->left;
  const Node* next = node->right.get();
  while (next->left) next = next->left.get();
  return balance(next->content, node->left, erase_first(node->right));
}

template <class K, class V>
template <class Visit>
void PersistentMap<K, V>::difference(const PersistentMap& before, const PersistentMap& after, Visit&& visit) {
  Remaining old_side(before.root_.get());
  Remaining new_side(after.root_.get());
  while (!old_side.empty() && !new_side.empty()) {
    const Node* old_node = old_side.top();
    const Node* new_node = new_side.top();
    if (old_side.closed() && new_side.closed() && old_node == new_node) {
      old_side.pop();
      new_side.pop();
    } else if (old_side.closed() && (!new_side.closed() || old_node->height >= new_node->height)) {
      old_side.open();  // the taller first: what is shared then meets at the same height
    } else if (new_side.closed()) {
      new_side.open();
    } else if (old_node->content->key < new_node->content->key) {
      visit(old_node->content->key, &old_node->content->value, static_cast<const V*>(nullptr));
      old_side.pop();
    } else if (new_node->content->key < old_node->content->key) {
      visit(new_node->content->key, static_cast<const V*>(nullptr), &new_node->content->value);
      new_side.pop();
    } else {
      if (old_node->content != new_node->content) {
        visit(new_node->content->key, &old_node->content->value, &new_node->content->value);
      }
      old_side.pop();
      new_side.pop();
    }
  }
  for (; !old_side.empty(); old_side.closed() ? old_side.open() : old_side.pop()) {
    if (!old_side.closed()) {
      visit(old_side.top()->content->key, &old_side.top()->content->value, static_cast<const V*>(nullptr));
    }
  }
  for (; !new_side.empty(); new_side.closed() ? new_side.open() : new_side.pop()) {
    if (!new_side.closed()) {
      visit(new_side.top()->content->key, static_cast<const V*>(nullptr), &new_side.top()->content->value);
    }
  }
}

}  // namespace tarn
