// A folder in $TMPDIR for a decoder that reads a file, gone at the end of the process (tools/fuzz takes away what a
// crash leaves). Each input replaces the one before it.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/check.h"

namespace tarn::fuzz {

class OneFile {
 public:
  explicit OneFile(const std::string& name) {
    std::string fresh = std::filesystem::temp_directory_path() / "tarn-fuzz-XXXXXX";
    CHECK(mkdtemp(fresh.data()) != nullptr);
    root_ = fresh;
    std::filesystem::create_directory(folder_ = root_ / name);
  }
  ~OneFile() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  OneFile(const OneFile&) = delete;
  OneFile& operator=(const OneFile&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // The folder holds this file alone.
  void write(const std::string& name, ByteView content) const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) std::filesystem::remove_all(entry.path());
    std::ofstream file(folder_ / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    file.close();
    CHECK(file.good());
  }

 private:
  std::filesystem::path root_;
  std::filesystem::path folder_;
};

}  // namespace tarn::fuzz
