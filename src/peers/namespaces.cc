#include "peers/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "base/check.h"
#include "sandbox/fabric.h"

namespace tarn::peers {
namespace {

// One that is ended may have started another meanwhile.
constexpr int passes_max = 10;

}  // namespace

std::vector<sandbox::ProcessMark> processes_in(const std::string& network_namespace, const std::vector<pid_t>& spared) {
  std::vector<sandbox::ProcessMark> marks;
  const Result<sandbox::Finished> listed = sandbox::run({"ip", "netns", "pids", network_namespace});
  std::istringstream pids(listed ? listed->output : std::string());
  for (pid_t pid = 0; pids >> pid;) {
    if (const std::optional<sandbox::ProcessMark> mark = sandbox::mark_of(pid)) marks.push_back(*mark);
  }
  std::erase_if(marks, [&](const sandbox::ProcessMark& mark) { return std::ranges::count(spared, mark.pid) > 0; });
  return marks;
}

void end_processes_in(const std::string& network_namespace, const std::vector<pid_t>& spared) {
  for (int pass = 0; pass < passes_max; ++pass) {
    std::vector<sandbox::ProcessMark> left = processes_in(network_namespace, spared);
    std::erase_if(left, [](const sandbox::ProcessMark& mark) { return mark.pid == getpid(); });
    if (left.empty()) return;
    for (const sandbox::ProcessMark& mark : left) sandbox::stop_process(mark, SIGKILL);
  }
}

Result<std::unique_ptr<Namespace>> Namespace::make(const std::string& name) {
  if (auto made = sandbox::must_run({"ip", "netns", "add", name}); !made) return std::unexpected(made.error());
  std::unique_ptr<Namespace> made(new Namespace(name));
  if (auto up = sandbox::must_run(sandbox::ip_in(name, {"link", "set", "lo", "up"})); !up)
    return std::unexpected(up.error());
  return made;
}

Namespace::~Namespace() {
  end_processes_in(name_);
  static_cast<void>(sandbox::remove_namespace(name_));
}

Visit::Visit(const std::string& network_namespace) : home_(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
  const rt::Descriptor there(open(("/run/netns/" + network_namespace).c_str(), O_RDONLY | O_CLOEXEC));
  CHECK(home_.ok() && there.ok() && setns(there.get(), CLONE_NEWNET) == 0);
}

Visit::~Visit() {
  CHECK(setns(home_.get(), CLONE_NEWNET) == 0);
}

}  // namespace tarn::peers
