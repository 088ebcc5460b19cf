// What a running process has cost: processor time and memory, as the kernel counts them.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace tarn::bench {

double cpu_ms(pid_t pid);           // of all its threads, user and system, in ticks of 10; 0 of one that is gone
std::int64_t pss_bytes(pid_t pid);  // proportional set size (proc(5), smaps_rollup); 0 of one that is gone

}  // namespace tarn::bench
