// Network namespaces of a benchmark's own, for peers that are many processes: who is inside is whom we started, or
// whom those started. Never given the name of a namespace that the benchmark did not make.
#pragma once

#include <string>
#include <vector>

#include "rt/descriptor.h"
#include "sandbox/process.h"

namespace tarn::bench {

std::vector<sandbox::ProcessMark> processes_in(const std::string& network_namespace);
// Ends every process inside but `spared`, at once: what they keep is thrown away with them.
void end_processes_in(const std::string& network_namespace, const std::vector<pid_t>& spared = {});
// Processor seconds of all inside but `spared`.
double cpu_s_in(const std::string& network_namespace, const std::vector<pid_t>& spared = {});

// The calling thread is inside while this lives; a socket that it opens stays there.
class Visit {
 public:
  explicit Visit(const std::string& network_namespace);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  rt::Descriptor home_;
};

}  // namespace tarn::bench
