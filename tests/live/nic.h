// An instance's network card in the hands of a test: sends and hears raw frames inside a network namespace.
// Belongs to one test; only between namespaces that the test made.
#pragma once

#include <linux/filter.h>

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace tarn::testing {

class Nic {
 public:
  // Opens `interface` inside the namespace, promiscuous. CHECKs that it exists. With a filter (socket(7),
  // SO_ATTACH_FILTER) the others are as if they had never come.
  Nic(const std::string& netns, const std::string& interface, const std::vector<sock_filter>& filter = {});
  ~Nic();
  Nic(Nic&& other) noexcept;
  Nic(const Nic&) = delete;
  Nic& operator=(const Nic&) = delete;

  void send(ByteView frame) const;
  // Takes in frames until one holds `word` somewhere, `timeout` at most. Everything taken in is kept.
  bool hears(const std::string& word, std::chrono::milliseconds timeout = std::chrono::seconds(5));
  // How many frames taken in so far hold `word`. What is still on the way is not counted: hear something later first.
  [[nodiscard]] std::size_t count(const std::string& word) const;
  // Takes in all that has come, and tells how many frames were ever taken in.
  std::size_t count_all();
  // The last frame that was taken in, in hexadecimal: for the words of a failure.
  [[nodiscard]] std::string last() const;

 private:
  bool take(std::span<char> buffer);

  int socket_;
  std::vector<std::string> heard_;
};

}  // namespace tarn::testing
