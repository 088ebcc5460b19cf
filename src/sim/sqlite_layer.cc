#include "sim/sqlite_layer.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/check.h"

namespace tarn::sim {

struct SimDisk::Layer::Handle {
  sqlite3_file base;  // first, as SQLite wants it
  Layer* layer;
  std::shared_ptr<File>* file;
  std::uint64_t life;
};

namespace {

constexpr int path_bytes_max = 512;
constexpr int sector_bytes = 4096;  // what SQLite takes for Unix

}  // namespace

SimDisk::Layer::Handle& SimDisk::Layer::handle(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}

bool SimDisk::Layer::dead(const Handle& handle) {
  return handle.life != handle.layer->disk_.life_;
}

SimDisk::Layer::Layer(SimDisk& disk) : disk_(disk) {
  static std::atomic<std::uint64_t> made = 0;
  name_ = "tarn-sim-" + std::to_string(++made);
  methods_.iVersion = 1;
  methods_.xClose = close;
  methods_.xRead = read;
  methods_.xWrite = write;
  methods_.xTruncate = truncate;
  methods_.xSync = sync;
  methods_.xFileSize = size;
  // One process at a time: the lock file beside the store says so.
  methods_.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
  methods_.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
  methods_.xCheckReservedLock = [](sqlite3_file*, int* held) { return *held = 0, SQLITE_OK; };
  methods_.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
  methods_.xSectorSize = [](sqlite3_file*) { return sector_bytes; };
  methods_.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };

  layer_.iVersion = 1;
  layer_.szOsFile = sizeof(Handle);
  layer_.mxPathname = path_bytes_max;
  layer_.zName = name_.c_str();
  layer_.pAppData = this;
  layer_.xOpen = open;
  layer_.xDelete = remove;
  layer_.xAccess = access;
  layer_.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  };
  layer_.xRandomness = [](sqlite3_vfs*, int size, char* out) {
    std::memset(out, 1, static_cast<std::size_t>(size));
    return size;
  };
  layer_.xSleep = [](sqlite3_vfs*, int microseconds) { return microseconds; };
  layer_.xCurrentTime = [](sqlite3_vfs*, double* day) { return *day = 2'461'042.0, SQLITE_OK; };
  layer_.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
  CHECK(sqlite3_vfs_register(&layer_, 0) == SQLITE_OK);
}

SimDisk::Layer::~Layer() {
  sqlite3_vfs_unregister(&layer_);
}

int SimDisk::Layer::open(sqlite3_vfs* layer, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  Layer& self = *static_cast<Layer*>(layer->pAppData);
  file->pMethods = nullptr;
  // A file without a name is a scratch of SQLite's own.
  const std::shared_ptr<File> opened =
      name == nullptr ? std::make_shared<File>() : self.disk_.open(name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (!opened) return SQLITE_CANTOPEN;
  Handle& made = handle(file);
  made.layer = &self;
  made.file = new std::shared_ptr<File>(opened);
  made.life = self.disk_.life_;
  file->pMethods = &self.methods_;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int SimDisk::Layer::remove(sqlite3_vfs* layer, const char* name, int sync_folder) {
  SimDisk& disk = static_cast<Layer*>(layer->pAppData)->disk_;
  if (!disk.alive_) return SQLITE_IOERR_DELETE;
  disk.remove(name, sync_folder != 0);
  return SQLITE_OK;
}

int SimDisk::Layer::access(sqlite3_vfs* layer, const char* name, int, int* result) {
  *result = static_cast<Layer*>(layer->pAppData)->disk_.names_.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int SimDisk::Layer::close(sqlite3_file* file) {
  delete handle(file).file;
  return SQLITE_OK;
}

int SimDisk::Layer::read(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  Handle& from = handle(file);
  if (dead(from)) return SQLITE_IOERR_READ;
  const Bytes& content = (*from.file)->now;
  const auto wanted = static_cast<std::size_t>(amount);
  const std::size_t begin = std::min(static_cast<std::size_t>(offset), content.size());
  const std::size_t there = std::min(wanted, content.size() - begin);
  std::memset(to, 0, wanted);
  if (there > 0) std::memcpy(to, content.data() + begin, there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int SimDisk::Layer::write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  Handle& to = handle(file);
  if (dead(to)) return SQLITE_IOERR_WRITE;
  const ByteView bytes(static_cast<const Byte*>(from), static_cast<std::size_t>(amount));
  return to.layer->disk_.write(**to.file, static_cast<std::size_t>(offset), bytes) ? SQLITE_OK : SQLITE_FULL;
}

int SimDisk::Layer::truncate(sqlite3_file* file, sqlite3_int64 size) {
  Handle& cut = handle(file);
  if (dead(cut)) return SQLITE_IOERR_TRUNCATE;
  cut.layer->disk_.truncate(**cut.file, static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int SimDisk::Layer::sync(sqlite3_file* file, int) {
  Handle& synced = handle(file);
  if (dead(synced)) return SQLITE_IOERR_FSYNC;
  synced.layer->disk_.sync(**synced.file);
  return SQLITE_OK;
}

int SimDisk::Layer::size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>((*handle(file).file)->now.size());
  return SQLITE_OK;
}

}  // namespace tarn::sim
