// Where there is no libarchive.
#include "base/error.h"
#include "data/archive.h"

namespace akida::data {

struct ArchiveReader::Input {};

ArchiveReader::ArchiveReader(const std::string& path) : name_(path) { open(); }

ArchiveReader::ArchiveReader(std::unique_ptr<io::ByteSource> source) : name_(source->name()) {
  open();
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::Free::operator()(archive*) const {}

void ArchiveReader::open() {
  fail(ErrorKind::kUnsupported, "{}: this program cannot read archives", name_);
}

bool ArchiveReader::next() { return false; }

std::unique_ptr<io::ByteSource> ArchiveReader::content() { return nullptr; }

std::size_t ArchiveReader::read(std::span<std::byte>) { return 0; }

}  // namespace akida::data
