#include "base/parallel.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>

namespace akida {

int default_jobs() { return std::max(1, omp_get_num_procs()); }

void parallel_for(std::size_t count, int jobs,
                  const std::function<void(std::size_t index, int worker)>& body) {
  if (jobs <= 0) jobs = default_jobs();
  const int threads =
      static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(jobs), count));
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex error_mutex;
#pragma omp parallel num_threads(threads)
  {
    const int worker = omp_get_thread_num();
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i, worker);
      } catch (...) {
        next = count;
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
      }
    }
  }
  if (error) std::rethrow_exception(error);
}

SerialLibraries::SerialLibraries() : threads_(omp_get_max_threads()) { omp_set_num_threads(1); }

SerialLibraries::~SerialLibraries() { omp_set_num_threads(threads_); }

}  // namespace akida
