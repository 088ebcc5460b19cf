#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/check.h"
#include "feed/journal_file.h"
#include "rt/descriptor.h"
#include "rt/system_error.h"

namespace tarn::feed {
namespace {

constexpr mode_t private_mode = 0600;
constexpr std::size_t journal_bytes_max = std::size_t{1} << 30;  // a larger file was not written by us

rt::Descriptor open_file(const std::string& path, int flags) {
  return rt::Descriptor(::open(path.c_str(), flags | O_CLOEXEC, private_mode));
}

Status write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(rt::system_error("write", path));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(descriptor) != 0) return fail(rt::system_error("sync", path));
  return {};
}

Result<std::string> read_all(const std::string& path) {
  const rt::Descriptor file = open_file(path, O_RDONLY);
  if (!file.ok()) {
    if (errno == ENOENT) return fail(ErrorCode::not_found, "there is no journal " + path);
    return fail(rt::system_error("read", path));
  }
  std::string bytes;
  std::string chunk(1U << 16, '\0');
  for (;;) {
    const ssize_t count = ::read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(rt::system_error("read", path));
    if (count == 0) return bytes;
    bytes.append(chunk, 0, static_cast<std::size_t>(count));
    if (bytes.size() > journal_bytes_max) return fail(ErrorCode::corrupt, "the journal is too large");
  }
}

}  // namespace

Status write_whole(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + ".new";
  {
    const rt::Descriptor file = open_file(fresh, O_CREAT | O_TRUNC | O_WRONLY);
    if (!file.ok()) return fail(rt::system_error("create", fresh));
    if (Status written = write_all(file.get(), bytes, fresh); !written) {
      ::unlink(fresh.c_str());
      return written;
    }
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return fail(rt::system_error("replace", path));
  // The rename itself must survive a power cut.
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const rt::Descriptor opened = open_file(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  if (!opened.ok() || ::fsync(opened.get()) != 0) return fail(rt::system_error("sync the folder of", path));
  return {};
}

Result<Journal> read_journal(const std::string& path, const std::string& host) {
  const Result<std::string> bytes = read_all(path);
  if (!bytes && bytes.error().code != ErrorCode::corrupt) return fail(bytes.error());
  Result<Journal> journal = bytes ? decode_journal(*bytes) : fail(bytes.error());
  if (journal && journal->host != host) {
    journal = fail(ErrorCode::conflict, "JournalForeign", "the journal belongs to host '" + journal->host + "'");
  }
  if (journal) return journal;
  const std::string aside = path + ".refused";
  Error error = journal.error();
  const bool moved = ::rename(path.c_str(), aside.c_str()) == 0;
  error.message += moved ? "; kept as " + aside : "; " + path + " cannot be moved aside";
  return fail(std::move(error));
}

JournalKeeper::JournalKeeper(rt::Loop& loop, std::string path, std::function<void(std::string)> on_warning,
                             Bounds bounds)
    : loop_(loop),
      path_(std::move(path)),
      on_warning_(std::move(on_warning)),
      bounds_(bounds),
      open_(std::make_shared<bool>(true)),
      thread_(std::make_unique<rt::ThreadPool>("journal", 1, 2)) {}

JournalKeeper::~JournalKeeper() {
  *open_ = false;
  if (newest_) write_now();
  thread_.reset();  // joins
}

void JournalKeeper::read(std::string host, std::function<void(Result<Journal>)> done) {
  const bool taken = thread_->run(
      [&loop = loop_, path = path_, open = open_, host = std::move(host), done = std::move(done)]() mutable {
        Result<Journal> journal = read_journal(path, host);
        loop.post([open, journal = std::move(journal), done = std::move(done)]() mutable {
          if (*open) done(std::move(journal));
        });
      });
  CHECK(taken);
}

void JournalKeeper::keep(Journal journal) {
  newest_ = std::move(journal);
  write_soon();
}

void JournalKeeper::write_soon() {
  if (!newest_ || writing_ || pause_) return;
  write_now();
}

void JournalKeeper::write_now() {
  // One write waits at most: the next is given only after the last was answered, or once more at the end.
  const bool taken =
      thread_->run([&loop = loop_, path = path_, open = open_, journal = std::move(*newest_), this]() mutable {
        Status status = write_whole(path, encode(journal));
        loop.post([open, status = std::move(status), this] {
          if (*open) written(status);
        });
      });
  CHECK(taken);
  newest_.reset();
  writing_ = true;
}

void JournalKeeper::written(const Status& status) {
  writing_ = false;
  if (!status && !failing_) on_warning_("the journal is not kept up to date: " + status.error().message);
  if (status && failing_) on_warning_("the journal is kept up to date again");
  failing_ = !status;
  pause_ = loop_.after(bounds_.pause, [this] {
    pause_.reset();
    write_soon();
  });
}

}  // namespace tarn::feed
