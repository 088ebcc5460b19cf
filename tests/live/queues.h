// What waits for a switch in user space that has no processor just now.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace tarn::testing {

// Gives each packet socket of the process room for some 10,000 small packets. The kernel's default holds about 280: a
// switch that a busy machine keeps waiting for 50 ms drops a tenant's packets, which says nothing about its rules.
// Nothing outside of the process changes. Does nothing where the kernel forwards. Errors: the process is gone, or its
// sockets cannot be reached (pidfd_getfd(2) needs CAP_SYS_PTRACE).
Status widen_queues(pid_t process);

class LiveCloud;
// Those of all switches of the cloud that run.
Status widen_queues(const LiveCloud& cloud);

}  // namespace tarn::testing
