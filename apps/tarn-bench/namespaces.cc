#include "namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <sstream>

#include "base/check.h"
#include "process_cost.h"

namespace tarn::bench {
namespace {

// One that is ended may have started another meanwhile.
constexpr int passes_max = 10;

std::vector<sandbox::ProcessMark> others_in(const std::string& network_namespace, const std::vector<pid_t>& spared) {
  std::vector<sandbox::ProcessMark> others = processes_in(network_namespace);
  std::erase_if(others, [&](const sandbox::ProcessMark& mark) { return std::ranges::count(spared, mark.pid) > 0; });
  return others;
}

}  // namespace

std::vector<sandbox::ProcessMark> processes_in(const std::string& network_namespace) {
  std::vector<sandbox::ProcessMark> marks;
  const Result<sandbox::Finished> listed = sandbox::run({"ip", "netns", "pids", network_namespace});
  std::istringstream pids(listed ? listed->output : std::string());
  for (pid_t pid = 0; pids >> pid;) {
    if (const std::optional<sandbox::ProcessMark> mark = sandbox::mark_of(pid)) marks.push_back(*mark);
  }
  return marks;
}

void end_processes_in(const std::string& network_namespace, const std::vector<pid_t>& spared) {
  for (int pass = 0; pass < passes_max; ++pass) {
    const std::vector<sandbox::ProcessMark> left = others_in(network_namespace, spared);
    if (left.empty()) return;
    for (const sandbox::ProcessMark& mark : left) sandbox::stop_process(mark, SIGKILL);
  }
}

double cpu_s_in(const std::string& network_namespace, const std::vector<pid_t>& spared) {
  double spent_ms = 0;
  for (const sandbox::ProcessMark& mark : others_in(network_namespace, spared)) {
    spent_ms += cpu_with_children_ms(mark.pid);
  }
  return spent_ms / 1e3;
}

Visit::Visit(const std::string& network_namespace) : home_(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
  const rt::Descriptor there(open(("/run/netns/" + network_namespace).c_str(), O_RDONLY | O_CLOEXEC));
  CHECK(home_.ok() && there.ok() && setns(there.get(), CLONE_NEWNET) == 0);
}

Visit::~Visit() {
  CHECK(setns(home_.get(), CLONE_NEWNET) == 0);
}

}  // namespace tarn::bench
