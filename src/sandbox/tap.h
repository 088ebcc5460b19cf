// The tap of a virtual machine, held open as QEMU holds it: the frames that the machine sends are written to it, and
// those that it gets are read from it. Nobody else speaks on it, so a machine that has not begun says nothing at all.
// Owned by whoever made it; the interface goes with the value.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "rt/descriptor.h"

namespace tarn::sandbox {

class Tap {
 public:
  // Makes the interface in the namespace and raises it. Errors: no such namespace, or the kernel's refusal.
  static Result<Tap> make(const std::string& netns, const std::string& name);

  Status send(ByteView frame) const;
  // The next frame that has come, whole; nothing when none waits.
  [[nodiscard]] std::optional<Bytes> receive() const;
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }  // readable when a frame waits

 private:
  explicit Tap(rt::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  rt::Descriptor descriptor_;
};

}  // namespace tarn::sandbox
