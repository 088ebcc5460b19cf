#include "sim/sim_disk.h"

#include <algorithm>

#include "sim/sqlite_layer.h"

namespace tarn::sim {
namespace {

constexpr std::size_t sector = 512;  // what is written whole or not at all

void apply(Bytes& content, std::size_t offset, ByteView bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
  std::ranges::copy(bytes, content.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

SimDisk::SimDisk() : layer_(std::make_unique<Layer>(*this)) {
  layer_name_ = layer_->name();
}

SimDisk::~SimDisk() = default;

void SimDisk::process_died() {
  ++life_;
  alive_ = false;
  locked_by_.clear();
}

void SimDisk::power_lost(rt::Choice& choice) {
  process_died();
  // Either the folder was written by itself before the power went, or it was not.
  if (choice.below(2) == 0) names_ = synced_names_;
  synced_names_ = names_;
  for (auto& [name, file] : names_) {
    for (const Write& write : std::exchange(file->unsynced, {})) {
      switch (write.bytes.empty() ? choice.below(2) : choice.below(3)) {
        case 0:
          break;  // lost
        case 1:
          if (write.bytes.empty()) {
            file->synced.resize(write.offset);
          } else {
            apply(file->synced, write.offset, write.bytes);
          }
          break;
        default: {  // torn
          const std::size_t sectors = write.bytes.size() / sector;
          const std::size_t kept = choice.below(static_cast<std::uint32_t>(sectors + 1)) * sector;
          apply(file->synced, write.offset, ByteView(write.bytes).first(kept));
        }
      }
    }
    file->now = file->synced;
    file->named = true;
  }
}

std::shared_ptr<SimDisk::File> SimDisk::open(const std::string& path, bool create) {
  const auto found = names_.find(path);
  if (found != names_.end()) return found->second;
  if (!create) return nullptr;
  return names_[path] = std::make_shared<File>();
}

bool SimDisk::write(File& file, std::size_t offset, ByteView bytes) {
  if (full_ && offset + bytes.size() > file.now.size()) return false;
  if (bytes.empty()) return true;
  apply(file.now, offset, bytes);
  file.unsynced.push_back({offset, Bytes(bytes.begin(), bytes.end())});
  return true;
}

void SimDisk::truncate(File& file, std::size_t size) {
  file.now.resize(size);
  file.unsynced.push_back({size, {}});
}

// The first sync of a new file also syncs its folder, as SQLite's own layer for Unix does it.
void SimDisk::sync(File& file) {
  file.synced = file.now;
  file.unsynced.clear();
  if (!std::exchange(file.named, true)) synced_names_ = names_;
}

void SimDisk::remove(const std::string& path, bool sync_folder) {
  names_.erase(path);
  if (sync_folder) synced_names_ = names_;
}

Result<std::unique_ptr<store::Disk::Lock>> SimDisk::lock(const std::string& path) {
  struct Held final : Lock {
    Held(SimDisk& of, std::string at) : disk(of), path(std::move(at)), life(of.life_) {}
    ~Held() override {
      if (life == disk.life_) disk.locked_by_.erase(path);
    }
    SimDisk& disk;
    std::string path;
    std::uint64_t life;
  };
  if (!locked_by_.emplace(path, life_).second) return fail(ErrorCode::conflict, path + " is locked");
  return std::make_unique<Held>(*this, path);
}

Result<store::Disk::Found> SimDisk::look(const std::string& path) {
  const auto found = names_.find(path);
  if (found == names_.end()) return Found::nothing;
  return found->second->now.empty() ? Found::empty : Found::file;
}

Status SimDisk::create(const std::string& path) {
  for (const char* tail : {"", "-wal", "-shm", "-journal"}) names_.erase(path + tail);
  if (full_) return fail(ErrorCode::unavailable, "no space left for " + path);
  names_[path] = std::make_shared<File>();
  return {};
}

Status SimDisk::publish(const std::string& from, const std::string& to) {
  const auto found = names_.find(from);
  if (found == names_.end()) return fail(ErrorCode::not_found, from + " is not there");
  sync(*found->second);
  names_[to] = found->second;
  names_.erase(from);
  synced_names_ = names_;
  return {};
}

}  // namespace tarn::sim
