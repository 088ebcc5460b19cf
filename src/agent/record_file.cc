#include "agent/record_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "rt/descriptor.h"
#include "rt/system_error.h"

namespace tarn::agent {
namespace {

constexpr mode_t mode = 0640;

}  // namespace

Status append_line(const std::string& path, std::string line) {
  line += '\n';
  const rt::Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, mode));
  if (!file.ok()) return fail(rt::system_error("open", path));
  ssize_t written = 0;
  do {
    written = ::write(file.get(), line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written < 0) return fail(rt::system_error("write", path));
  if (static_cast<std::size_t>(written) == line.size()) return {};
  return fail(ErrorCode::unavailable, path + " took a part of a line only");
}

RecordFile::RecordFile(rt::Loop& loop, std::string path, std::function<void(std::string)> on_warning)
    : loop_(loop),
      path_(std::move(path)),
      on_warning_(std::move(on_warning)),
      open_(std::make_shared<bool>(true)),
      thread_(std::make_unique<rt::ThreadPool>("records", 1, waiting_max)) {}

RecordFile::~RecordFile() {
  *open_ = false;
  thread_.reset();  // joins
}

void RecordFile::append(std::string line) {
  const bool taken = thread_->run([&loop = loop_, path = path_, open = open_, line = std::move(line), this]() mutable {
    const Status status = append_line(path, std::move(line));
    if (status) return;
    loop.post([open, why = status.error().message, this] {
      if (*open) failed(why);
    });
  });
  if (!taken) failed("the disk is too slow");
}

void RecordFile::failed(const std::string& why) {
  if (lost_++ == 0) on_warning_("records of security groups are lost: " + why);
}

}  // namespace tarn::agent
