// A collector of IPFIX or sFlow: a UDP socket on the loopback of a host's namespace that keeps what it is told.
// Belongs to one test.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "rt/descriptor.h"

namespace tarn::testing {

class Collector {
 public:
  explicit Collector(const std::string& netns);  // CHECKs that there is such a namespace

  [[nodiscard]] std::string target() const;  // "127.0.0.1:PORT"
  // Takes in datagrams until one begins with `head` and holds `words` somewhere, `timeout` at most.
  bool hears(ByteView head, ByteView words, std::chrono::milliseconds timeout = std::chrono::seconds(10));
  // Drops what has come so far.
  void forget();
  // How many datagrams have come since then.
  [[nodiscard]] std::size_t count();

 private:
  void take_in();

  rt::Descriptor socket_;
  std::vector<Bytes> heard_;
};

}  // namespace tarn::testing
