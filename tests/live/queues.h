// What waits for a switch in user space that has no processor just now.
#pragma once

#include "base/result.h"

namespace tarn::testing {

class LiveCloud;

// Gives each packet socket of the cloud's switches room for some 10,000 small packets. The kernel's default holds about
// 280: a switch that a busy machine keeps waiting for 50 ms drops a tenant's packets, which says nothing about its
// rules. Nothing outside of the switches changes. Does nothing where the kernel forwards. A host whose
// switch does not run is passed over. Errors: its sockets cannot be reached (pidfd_getfd(2) needs CAP_SYS_PTRACE).
Status widen_queues(const LiveCloud& cloud);

}  // namespace tarn::testing
