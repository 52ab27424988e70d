// bench-events - times the decoding of event recordings.
//
// usage: bench-events FILE...
//
// For every line of stdin, the index of a file, it decodes that file from memory and prints the
// milliseconds of CPU time that it took, the number of events and the sum of their places and
// times. peer_events.py asks it and numpy in turn.
#include <time.h>

#include <iostream>
#include <string>
#include <vector>

#include "data/events/event_reader.h"

namespace {

// Milliseconds of CPU time, which other programs do not lengthen.
double cpu_ms() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace akida;
  std::vector<std::vector<std::byte>> files;
  for (int i = 1; i < argc; ++i) files.push_back(io::read_all(*io::open_source(argv[i]), 1U << 30));
  for (std::size_t index = 0; std::cin >> index;) {
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    double start = cpu_ms();
    double passed = 0;
    const auto reader = data::open_event_reader(io::memory_source(files.at(index)), {});
    for (data::EventBlock block; reader->next(block);) {
      passed += cpu_ms() - start;
      count += block.events.size();
      for (const io::Event& event : block.events) {
        sum += event.x + event.y + event.c + static_cast<std::uint64_t>(event.time);
      }
      start = cpu_ms();
    }
    std::cout << passed + cpu_ms() - start << ' ' << count << ' ' << sum << std::endl;
  }
}
