// The world outside a cloud (sandbox/upstream.h), and what it sees of that. Owned by the test that made it; nothing of
// it is left when it goes, nor of what runs inside.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/live_cloud.h"
#include "live/nic.h"
#include "sandbox/process.h"
#include "sandbox/upstream.h"

namespace tarn::testing {

class Outside {
 public:
  // CHECKs that it can be made.
  explicit Outside(const LiveCloud& cloud, sandbox::Upstream wanted = {});
  ~Outside();
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  [[nodiscard]] const std::string& netns() const { return netns_; }
  [[nodiscard]] const std::string& interface() const { return interface_; }  // on the external network
  [[nodiscard]] Mac mac() const { return mac_; }
  [[nodiscard]] Ip address() const { return *Ip::parse(upstream_.address); }
  [[nodiscard]] Ip internet() const { return *Ip::parse(upstream_.internet); }
  // The first address of what lies further.
  [[nodiscard]] Ip further() const { return Prefix::parse(upstream_.further)->first().plus(1); }

  [[nodiscard]] sandbox::Finished run(std::vector<std::string> argv) const;
  // The link address that its kernel believes to have `address`, if any.
  [[nodiscard]] std::optional<Mac> neighbour(const Ip& address) const;
  void add_route(const std::string& prefix, const Ip& by) const;
  void forget_routes() const;  // the added ones of IPv4
  // Of the external network, as "2001:db8::1/64"; and an address of the internet behind it.
  void add_ipv6(const std::string& own, const Ip& internet) const;

  [[nodiscard]] Nic nic() const { return {netns_, interface_}; }
  // Hears only what comes in with a source in `prefix`: IPv4 packets, and ARP that speaks for one (RFC 826).
  [[nodiscard]] Nic witness(const Prefix& prefix) const;

 private:
  sandbox::Upstream upstream_;
  std::string netns_;
  std::string interface_;
  Mac mac_;
};

// RFC 826: who has `wanted`, asked to all in the name of `asker`.
Bytes arp_question(const Mac& from, const Ip& asker, const Ip& wanted);
// What is in every answer to that, whoever gave it, and what is in that of `holder`.
std::string any_arp_answer(const Mac& to, const Ip& asker, const Ip& wanted);
std::string arp_answer(const Mac& holder, const Mac& to, const Ip& asker, const Ip& wanted);

}  // namespace tarn::testing
