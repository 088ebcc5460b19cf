#include "sandbox/tap.h"

#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "rt/visit.h"

namespace tarn::sandbox {
namespace {

constexpr std::size_t frame_bytes_max = 65536;

std::unexpected<Error> failed(const std::string& name) {
  return fail(ErrorCode::unavailable, "tap " + name + ": " + std::strerror(errno));
}

}  // namespace

Result<Tap> Tap::make(const std::string& netns, const std::string& name) {
  const rt::Visit visit(netns);
  if (!visit.ok()) return fail(ErrorCode::not_found, "there is no namespace " + netns);
  ifreq request{};
  if (name.size() >= sizeof request.ifr_name) return fail(ErrorCode::invalid, name + " is too long for an interface");
  std::copy(name.begin(), name.end(), std::begin(request.ifr_name));
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  rt::Descriptor descriptor(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!descriptor.ok() || ioctl(descriptor.get(), TUNSETIFF, &request) != 0) return failed(name);
  const rt::Descriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  request.ifr_flags = IFF_UP;
  if (ioctl(any.get(), SIOCSIFFLAGS, &request) != 0) return failed(name);
  return Tap(std::move(descriptor));
}

Status Tap::send(ByteView frame) const {
  if (write(descriptor_.get(), frame.data(), frame.size()) != static_cast<ssize_t>(frame.size()))
    return failed("write");
  return {};
}

std::optional<Bytes> Tap::receive() const {
  std::array<Byte, frame_bytes_max> buffer;
  const ssize_t size = read(descriptor_.get(), buffer.data(), buffer.size());
  if (size <= 0) return std::nullopt;
  return Bytes(buffer.begin(), buffer.begin() + size);
}

}  // namespace tarn::sandbox
