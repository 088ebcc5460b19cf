#include "live/queues.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "live/live_cloud.h"
#include "rt/descriptor.h"

namespace tarn::testing {
namespace {

constexpr int queue_bytes = 8 << 20;

bool is_packet_socket(int socket) {
  int domain = 0;
  socklen_t size = sizeof domain;
  return getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_PACKET;
}

Status failed(const std::string& what) {
  return fail(ErrorCode::unavailable, what + ": " + std::strerror(errno));
}

Status widen_queues(pid_t process) {
  const rt::Descriptor handle(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
  if (!handle.ok()) return failed("process " + std::to_string(process));
  std::error_code trouble;
  const std::filesystem::path all = "/proc/" + std::to_string(process) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(all, trouble)) {
    const rt::Descriptor copy(
        static_cast<int>(syscall(SYS_pidfd_getfd, handle.get(), std::stoi(entry.path().filename()), 0)));
    if (!copy.ok() && errno == EBADF) continue;  // closed meanwhile
    if (!copy.ok()) return failed("pidfd_getfd");
    if (!is_packet_socket(copy.get())) continue;
    if (setsockopt(copy.get(), SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof queue_bytes) != 0) {
      return failed("SO_RCVBUFFORCE");
    }
  }
  if (trouble) return fail(ErrorCode::unavailable, all.string() + ": " + trouble.message());
  return {};
}

}  // namespace

Status widen_queues(const LiveCloud& cloud) {
  for (int host = 1; host <= cloud.sandbox().state().hosts; ++host) {
    const auto daemon = cloud.host(host).running(sandbox::switch_name);
    if (!daemon) continue;  // a host that is dead, as a test wants it
    if (Status widened = widen_queues(daemon->pid); !widened) return widened;
  }
  return {};
}

}  // namespace tarn::testing
