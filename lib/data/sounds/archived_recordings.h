// Recordings in archives, in the order of a keyword index. Not installed: keyword_source.cpp uses
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/archive.h"

namespace akida::data {

class ArchivedRecordings {
 public:
  // The file `number`, from 0, of the archive in the file `path`, valid until the next call. Going
  // back means to read the archive from the start again. Throws as ArchiveReader does, kInvalid
  // where the archive has fewer files now.
  [[nodiscard]] const std::vector<std::byte>& read(const std::string& path, std::uint64_t number);

  // What messages call it: "words.tar: yes/1.wav".
  [[nodiscard]] std::string name() const { return reader_->entry_name(); }

 private:
  std::string path_;
  std::unique_ptr<ArchiveReader> reader_;
  std::uint64_t next_ = 0;  // number of the file behind the current one
  std::vector<std::byte> bytes_;
};

}  // namespace akida::data
