// A disk in memory that outlives the processes that write to it: what was not synced is lost, kept or torn when the
// power goes, as a Choice says, and stays when only the process dies. SQLite runs on it through a file layer of its
// own. Owned by a world. Knows bytes and names, not what they mean.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "rt/choice.h"
#include "store/disk.h"

namespace tarn::sim {

class SimDisk final : public store::Disk {
 public:
  SimDisk();
  ~SimDisk() override;
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  // The process that uses the disk: one at a time. What a dead one still tries has no effect; what it wrote stays.
  void process_started() { alive_ = true; }
  void process_died();
  // And what was written since the last sync is kept, lost or torn, each write for itself.
  void power_lost(rt::Choice& choice);
  // While it is full, nothing that makes a file longer succeeds.
  void set_full(bool full) { full_ = full; }
  [[nodiscard]] bool full() const { return full_; }

  // store::Disk
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override;
  Result<Found> look(const std::string& path) override;
  Status create(const std::string& path) override;
  Status publish(const std::string& from, const std::string& to) override;
  [[nodiscard]] const char* file_layer() const override { return layer_name_.c_str(); }

 private:
  struct Write {
    std::size_t offset = 0;
    Bytes bytes;  // empty: a cut of the file to `offset`
  };
  struct File {
    Bytes now;                    // as processes see it
    Bytes synced;                 // as it is on the platter
    std::vector<Write> unsynced;  // what led from there to now, in order
    bool named = false;           // its name is on the platter
  };
  struct Layer;  // SQLite's view (sqlite_layer.cc)
  friend struct Layer;
  using Names = std::map<std::string, std::shared_ptr<File>>;

  std::shared_ptr<File> open(const std::string& path, bool create);
  bool write(File& file, std::size_t offset, ByteView bytes);  // false: full
  void truncate(File& file, std::size_t size);
  void sync(File& file);
  void remove(const std::string& path, bool sync_folder);

  std::string layer_name_;
  std::unique_ptr<Layer> layer_;
  Names names_;
  Names synced_names_;
  std::map<std::string, std::uint64_t> locked_by_;  // path → life
  std::uint64_t life_ = 1;                          // of the process; handles of an earlier one are dead
  bool alive_ = false;
  bool full_ = false;
};

}  // namespace tarn::sim
