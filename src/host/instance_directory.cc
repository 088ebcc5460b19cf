#include "host/instance_directory.h"

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
using domain::InstanceFile;
using Listing = Result<reconcile::Whole<reconcile::Actual<InstanceFile>>>;
using Outcomes = std::vector<reconcile::Outcome>;
using Step = reconcile::Step<InstanceFile>;

constexpr const char* written_name = "new";  // what is being written, until it has its name
constexpr mode_t mode = 0644;                // the service that reads it is another user's

Error folder_error(const std::string& path, const std::error_code& error) {
  return {ErrorCode::unavailable, {}, "cannot read " + path + ": " + error.message()};
}

Result<InstanceFile::Seen> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  InstanceFile::Seen seen;
  seen.content.resize(InstanceFile::bytes_max + 1);
  file.read(seen.content.data(), static_cast<std::streamsize>(seen.content.size()));
  if (file.bad() || (file.fail() && !file.eof())) return fail(ErrorCode::unavailable, "cannot read " + path.string());
  seen.content.resize(static_cast<std::size_t>(file.gcount()));
  if (const auto spec = InstanceFile::parse(seen.content); spec && spec->text() == seen.content) seen.port = spec->port;
  return seen;
}

Listing list_folder(const std::string& path) {
  reconcile::Collector<reconcile::Actual<InstanceFile>> collector;
  std::error_code error;
  fs::directory_iterator entry(path, error);
  if (error == std::errc::no_such_file_or_directory) return std::move(collector).finish();
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const auto key = InstanceFile::key_of(entry->path().filename().string());
    if (!key) continue;
    Result<InstanceFile::Seen> seen = read_file(entry->path());
    if (!seen) return fail(seen.error());
    collector.so_far().emplace(*key, std::move(*seen));
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

Status put(const std::string& folder, InstanceFile::Key key, const InstanceFile::Spec& want) {
  const std::string whole = folder + "/" + written_name;
  const std::string path = folder + "/" + InstanceFile::file_name(key);
  if (Status written = write_whole(whole, want.text()); !written) return written;
  if (::rename(whole.c_str(), path.c_str()) != 0) return fail(rt::system_error("rename", whole));
  return {};
}

Status remove(const std::string& folder, InstanceFile::Key key) {
  const std::string path = folder + "/" + InstanceFile::file_name(key);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(rt::system_error("remove", path));
  return {};
}

Status apply_step(const std::string& folder, const Step& step) {
  const InstanceFile::Key key = key_of<InstanceFile>(step);
  if (const auto* create = std::get_if<reconcile::Create<InstanceFile>>(&step)) return put(folder, key, create->want);
  if (const auto* change = std::get_if<reconcile::Change<InstanceFile>>(&step)) return put(folder, key, change->want);
  return remove(folder, key);
}

Outcomes apply_all(const std::string& folder, const std::vector<Step>& batch) {
  std::error_code ignored;  // what it means shows at the first file
  fs::create_directories(folder, ignored);
  Outcomes outcomes;
  for (const Step& step : batch) {
    const Status applied = apply_step(folder, step);
    outcomes.push_back(applied ? reconcile::Outcome{reconcile::Applied{}} : reconcile::Refused{applied.error()});
  }
  return outcomes;
}

Outcomes all_refused(std::size_t steps, const std::string& why) {
  return Outcomes(steps, reconcile::Refused{{ErrorCode::unavailable, {}, why}});
}

}  // namespace

// `ask` on the worker's thread, `done` with its answer on the loop; with `refusal` where the worker takes no more.
template <class Answer>
void InstanceDirectory::work(std::move_only_function<Answer()> ask, Answer refusal,
                             reconcile::Completion<Answer> done) {
  auto shared = std::make_shared<reconcile::Completion<Answer>>(std::move(done));
  const auto give = [&loop = loop_, open = open_, shared](Answer answer) {
    loop.post([open, shared, answer = std::move(answer)]() mutable {
      if (*open) (*shared)(std::move(answer));
    });
  };
  if (!worker_.run([ask = std::move(ask), give]() mutable { give(ask()); })) give(std::move(refusal));
}

void InstanceDirectory::list(reconcile::Completion<Listing> done) {
  work<Listing>([path = path_] { return list_folder(path); },
                fail(ErrorCode::unavailable, "the disk is too slow for " + path_), std::move(done));
}

void InstanceDirectory::apply(std::vector<Step> batch, reconcile::Writes writes, reconcile::Completion<Outcomes> done) {
  const std::size_t steps = batch.size();
  if (writes == reconcile::Writes::forbid) {
    loop_.post([open = open_, done = std::move(done), steps]() mutable {
      if (*open) done(all_refused(steps, "writing is forbidden"));
    });
    return;
  }
  work<Outcomes>([path = path_, batch = std::move(batch)] { return apply_all(path, batch); },
                 all_refused(steps, "the disk is too slow for " + path_), std::move(done));
}

}  // namespace tarn::host
