#include "host/file_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "rt/descriptor.h"
#include "rt/system_error.h"

namespace tarn::host {
namespace {

namespace fs = std::filesystem;
using Outcomes = std::vector<reconcile::Outcome>;

constexpr const char* written_name = "new";  // what is being written, until it has its name
constexpr mode_t mode = 0644;                // the service that reads it is another user's

Error folder_error(const std::string& path, const std::error_code& error) {
  return {ErrorCode::unavailable, {}, "cannot read " + path + ": " + error.message()};
}

// No more than one byte beyond what a file of ours may have.
Result<std::string> read_file(const fs::path& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? std::streamoff(file.tellg()) : 0;
  std::string content(std::min(static_cast<std::size_t>(std::max<std::streamoff>(size, 0)), bytes_max + 1), '\0');
  file.seekg(0);
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file) return fail(ErrorCode::unavailable, "cannot read " + path.string());
  return content;
}

template <class File>
typename FileDirectory<File>::Listing list_folder(const std::string& path) {
  reconcile::Collector<reconcile::Actual<File>> collector;
  std::error_code error;
  fs::directory_iterator entry(path, error);
  if (error == std::errc::no_such_file_or_directory) return std::move(collector).finish();
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const auto key = File::key_of(entry->path().filename().string());
    if (!key) continue;
    Result<std::string> content = read_file(entry->path(), File::bytes_max);
    if (!content) return fail(content.error());
    collector.so_far().emplace(*key, File::seen(std::move(*content)));
  }
  if (error) return fail(folder_error(path, error));
  return std::move(collector).finish();
}

Status write_whole(const std::string& path, std::string_view content) {
  const rt::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!file.ok()) return fail(rt::system_error("open", path));
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(rt::system_error("write", path));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status put(const std::string& folder, const std::string& name, std::string_view content) {
  const std::string whole = folder + "/" + written_name;
  const std::string path = folder + "/" + name;
  if (Status written = write_whole(whole, content); !written) return written;
  if (::rename(whole.c_str(), path.c_str()) != 0) return fail(rt::system_error("rename", whole));
  return {};
}

Status remove(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(rt::system_error("remove", path));
  return {};
}

template <class File>
Status apply_step(const std::string& folder, const reconcile::Step<File>& step) {
  const std::string name = File::file_name(reconcile::key_of<File>(step));
  if (const auto* create = std::get_if<reconcile::Create<File>>(&step)) return put(folder, name, create->want.text());
  if (const auto* change = std::get_if<reconcile::Change<File>>(&step)) return put(folder, name, change->want.text());
  return remove(folder, name);
}

template <class File>
Outcomes apply_all(const std::string& folder, const std::vector<reconcile::Step<File>>& batch) {
  std::error_code ignored;  // what it means shows at the first file
  fs::create_directories(folder, ignored);
  Outcomes outcomes;
  for (const auto& step : batch) {
    const Status applied = apply_step<File>(folder, step);
    outcomes.push_back(applied ? reconcile::Outcome{reconcile::Applied{}} : reconcile::Refused{applied.error()});
  }
  return outcomes;
}

Outcomes all_refused(std::size_t steps, const std::string& why) {
  return Outcomes(steps, reconcile::Refused{{ErrorCode::unavailable, {}, why}});
}

}  // namespace

// `ask` on the worker's thread, `done` with its answer on the loop; with `refusal` where the worker takes no more.
template <reconcile::Domain File>
template <class Answer>
void FileDirectory<File>::work(std::move_only_function<Answer()> ask, Answer refusal,
                               reconcile::Completion<Answer> done) {
  auto shared = std::make_shared<reconcile::Completion<Answer>>(std::move(done));
  const auto give = [&loop = loop_, open = open_, shared](Answer answer) {
    loop.post([open, shared, answer = std::move(answer)]() mutable {
      if (*open) (*shared)(std::move(answer));
    });
  };
  if (!worker_.run([ask = std::move(ask), give]() mutable { give(ask()); })) give(std::move(refusal));
}

template <reconcile::Domain File>
void FileDirectory<File>::list(reconcile::Completion<Listing> done) {
  work<Listing>([path = path_] { return list_folder<File>(path); },
                fail(ErrorCode::unavailable, "the disk is too slow for " + path_), std::move(done));
}

template <reconcile::Domain File>
void FileDirectory<File>::apply(std::vector<Step> batch, reconcile::Writes writes,
                                reconcile::Completion<Outcomes> done) {
  const std::size_t steps = batch.size();
  if (writes == reconcile::Writes::forbid) {
    loop_.post([open = open_, done = std::move(done), steps]() mutable {
      if (*open) done(all_refused(steps, "writing is forbidden"));
    });
    return;
  }
  work<Outcomes>([path = path_, batch = std::move(batch)] { return apply_all<File>(path, batch); },
                 all_refused(steps, "the disk is too slow for " + path_), std::move(done));
}

template class FileDirectory<domain::InstanceFile>;
template class FileDirectory<domain::NameFile>;

}  // namespace tarn::host
