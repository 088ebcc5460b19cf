// Instances that start in a hurry: each gets a network, a subnet and a port of its own and is plugged as soon as the
// API has answered; then it asks for its address once, with one DHCP DISCOVER that it does not repeat. Tells how long
// each took and whether it was answered; decides nothing.
#pragma once

#include <optional>
#include <vector>

#include "rt/clock.h"
#include "sandbox/sandbox.h"

namespace tarn::sandbox {

// When an instance says its first word. Nova lets a machine run only when it has been told that its port is ACTIVE. Who
// waits only for the switch to have the interface is plugged by then, and who is not heard asks once more when the port
// is ACTIVE.
enum class FirstWord { once_active, once_plugged };

struct StartWish {
  int host = 1;
  int count = 1;  // made and plugged one right after the other, without waiting for those before
  FirstWord first_word = FirstWord::once_active;
  std::chrono::seconds patience{30};  // for ACTIVE
};

struct FastStart {
  rt::Duration made{};                        // first request until the switch's database has the interface
  std::optional<rt::Duration> active;         // … until the API shows the port ACTIVE
  std::optional<rt::Duration> offered;        // from the first DISCOVER to the port's address offered; absent: lost
  std::optional<rt::Duration> offered_again;  // the same of the second one
};

// In the order they were made; their ports, networks and interfaces are gone afterwards. Errors: a part of the cloud
// refused or was away.
Result<std::vector<FastStart>> start_fast(const Sandbox& sandbox, const StartWish& wish);

}  // namespace tarn::sandbox
