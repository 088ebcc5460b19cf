// What running processes have cost: processor time and memory, as the kernel counts them.
// Looks at processes only; whose they are is known to whoever started them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::bench {

double cpu_ms(pid_t pid);                // of all its threads, user and system, in ticks of 10; 0 of one that is gone
double cpu_with_children_ms(pid_t pid);  // and of those children that have ended and been waited for
// Processor seconds of all processes of a peer's namespace but `spared`.
double cpu_s_in(const std::string& network_namespace, const std::vector<pid_t>& spared = {});
bool is_called(pid_t pid, std::string_view word);  // whether its command line has the word
std::int64_t pss_bytes(pid_t pid);  // proportional set size (proc(5), smaps_rollup); 0 of one that is gone

// Processor seconds of the parts of a cloud with one host.
struct CloudCpu {
  double agent_s = 0;    // and what it starts
  double switch_s = 0;   // with the switch's database
  double central_s = 0;  // API, stores and what else is not of the host
};

}  // namespace tarn::bench
