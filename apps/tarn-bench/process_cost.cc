#include "process_cost.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "peers/namespaces.h"

namespace tarn::bench {
namespace {

// Of the clocks of a process (proc(5), stat: utime, stime, cutime, cstime), the first `clocks` together.
double sum_ms(pid_t pid, int clocks) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string stat = text.str();
  const std::size_t after_name = stat.rfind(')');
  if (after_name == std::string::npos) return 0;
  std::istringstream fields(stat.substr(after_name + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double sum = 0;
  for (int clock = 0; clock < clocks; ++clock) {
    double ticks = 0;
    fields >> ticks;
    sum += ticks;
  }
  return sum * 1e3 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

double cpu_ms(pid_t pid) {
  return sum_ms(pid, 2);
}

double cpu_with_children_ms(pid_t pid) {
  return sum_ms(pid, 4);
}

double cpu_s_in(const std::string& network_namespace, const std::vector<pid_t>& spared) {
  double spent_ms = 0;
  for (const sandbox::ProcessMark& mark : peers::processes_in(network_namespace, spared)) {
    spent_ms += cpu_with_children_ms(mark.pid);
  }
  return spent_ms / 1e3;
}

bool is_called(pid_t pid, std::string_view word) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str().find(word) != std::string::npos;
}

std::int64_t pss_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string word;
  while (file >> word) {
    std::int64_t kibibytes = 0;
    if (word == "Pss:" && file >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

}  // namespace tarn::bench
