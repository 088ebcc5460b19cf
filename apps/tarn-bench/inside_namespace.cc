#include "inside_namespace.h"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstring>
#include <future>

#include "base/check.h"
#include "rt/thread_pool.h"

namespace tarn::bench {
namespace {

Result<rt::Descriptor> enter_and_open(const std::string& network_namespace,
                                      const std::function<rt::Descriptor()>& open_it) {
  const rt::Descriptor there(open(("/run/netns/" + network_namespace).c_str(), O_RDONLY | O_CLOEXEC));
  rt::Descriptor opened;
  if (there.ok() && setns(there.get(), CLONE_NEWNET) == 0) opened = open_it();
  if (!opened.ok()) return fail(ErrorCode::unavailable, network_namespace + ": " + std::strerror(errno));
  return opened;
}

}  // namespace

Result<rt::Descriptor> open_inside(const std::string& network_namespace, const std::function<rt::Descriptor()>& open) {
  std::promise<Result<rt::Descriptor>> promise;
  std::future<Result<rt::Descriptor>> opened = promise.get_future();
  rt::ThreadPool thread("inside", 1, 1);
  CHECK(thread.run(
      [&, promise = std::move(promise)]() mutable { promise.set_value(enter_and_open(network_namespace, open)); }));
  return opened.get();
}

}  // namespace tarn::bench
