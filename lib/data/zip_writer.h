// A zip file of members that are stored as they are, like numpy.savez makes.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/bytes.h"

struct archive;

namespace akida::data {

class ZipWriter {
 public:
  // `sink` must outlive the writer; closing it is the caller's. Throws kUnsupported where this
  // program was built without libarchive.
  explicit ZipWriter(io::ByteSink& sink);

  // Adds a member with what `write` writes to the sink it is given. Members bear no date.
  void add(const std::string& name, const std::function<void(io::ByteSink&)>& write);

  // Writes the directory. Call it once, at the end.
  void finish();

 private:
  struct Output;
  struct Free {
    void operator()(::archive* archive) const noexcept;
    void operator()(Output* output) const noexcept;
  };
  void check(int status) const;

  std::unique_ptr<Output, Free> output_;  // outlives archive_, which writes to it
  std::unique_ptr<::archive, Free> archive_;
};

}  // namespace akida::data
