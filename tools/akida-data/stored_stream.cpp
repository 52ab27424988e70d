#include "akida-data/stored_stream.h"

#include <algorithm>

#include "io/batch.h"

namespace akida::data_tool {

StoredStream::StoredStream(cli::SampleInput& input) : header_(input.header()) {
  io::Batch batch;
  while (input.next(batch)) {
    starts_.push_back(size_);
    size_ += batch.size;
    batches_.push_back(std::move(batch));
    batch = {};
  }
}

io::Batch StoredStream::sample(std::size_t index) const {
  const auto after = std::ranges::upper_bound(starts_, index);
  const auto place = static_cast<std::size_t>(after - starts_.begin()) - 1;
  io::Batch sample;
  io::append(header_, batches_[place], index - starts_[place], 1, sample);
  return sample;
}

}  // namespace akida::data_tool
