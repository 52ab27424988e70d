// Runs independent pieces of work on several threads (OpenMP, the pool that oneDNN shares).
#pragma once

#include <cstddef>
#include <functional>

namespace akida {

// Threads to use for `--jobs 0`: the processors this process may run on.
[[nodiscard]] int default_jobs();

// Calls body(index, worker) once for every index in [0, count), on up to `jobs` threads
// (0 = default_jobs()); worker is in [0, jobs) and no two concurrent calls share it. Indices are
// handed out one by one in rising order. The first exception stops further indices and is
// rethrown here after all threads have finished.
void parallel_for(std::size_t count, int jobs,
                  const std::function<void(std::size_t index, int worker)>& body);

// While it lives, libraries that share the pool (oneDNN) use one thread for what the calling thread
// asks of them, and so inside a parallel_for that it calls; parallel_for itself is not affected.
class SerialLibraries {
 public:
  SerialLibraries();
  ~SerialLibraries();
  SerialLibraries(const SerialLibraries&) = delete;
  SerialLibraries& operator=(const SerialLibraries&) = delete;

 private:
  int threads_;  // that they may use again afterwards
};

}  // namespace akida
