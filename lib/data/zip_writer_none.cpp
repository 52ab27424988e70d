// Where there is no libarchive.
#include "base/error.h"
#include "data/zip_writer.h"

namespace akida::data {

struct ZipWriter::Output {};
ZipWriter::ZipWriter(io::ByteSink& sink) {
  fail(ErrorKind::kUnsupported, "{}: this program cannot write archives", sink.name());
}
void ZipWriter::add(const std::string& /*name*/,
                    const std::function<void(io::ByteSink&)>& /*write*/) {}
void ZipWriter::finish() {}
void ZipWriter::Free::operator()(::archive* /*archive*/) const noexcept {}
void ZipWriter::Free::operator()(Output* output) const noexcept { delete output; }

}  // namespace akida::data
