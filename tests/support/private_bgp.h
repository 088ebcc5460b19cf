// FRR's bgpd of a test's own, in a network namespace that is there, without zebra: it knows no route of the kernel and
// makes none. Its folder and process are gone when it is destroyed. Needs root and the package frr; no other daemon of
// the machine is touched.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace tarn::test {

class PrivateBgp {
 public:
  // `configuration` is FRR's own, and all that it knows after each start.
  PrivateBgp(std::string netns, const std::string& configuration);
  ~PrivateBgp();
  PrivateBgp(const PrivateBgp&) = delete;
  PrivateBgp& operator=(const PrivateBgp&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }  // of the socket bgpd.vty
  [[nodiscard]] std::string socket() const { return folder_ + "/bgpd.vty"; }

  // What it answers to a command of vtysh(1); of one that ends with " json" the value, null when it is none.
  [[nodiscard]] std::string ask(const std::string& command) const;
  [[nodiscard]] boost::json::value ask_json(const std::string& command) const;
  // Commands below "configure terminal".
  void configure(const std::vector<std::string>& commands) const;

  void start() const;  // returns when it answers
  void kill() const;   // by SIGKILL; returns when it is gone

 private:
  std::string netns_;
  std::string folder_;
};

}  // namespace tarn::test
