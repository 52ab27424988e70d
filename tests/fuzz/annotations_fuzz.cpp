// Any bytes as annotations and results in text: an Error, or boxes and samples that a stream can
// hold; never a crash.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "data/boxes/box_text.h"
#include "data/boxes/voc_annotations.h"
#include "data/boxes/widerface_annotations.h"
#include "data/prediction_json.h"
#include "data/prediction_source.h"
#include "io/batch.h"

namespace {

using namespace akida;

// Runs `read`, which may refuse the bytes.
template <typename Read>
void attempt(const Read& read) {
  try {
    read();
  } catch (const Error&) {
  }
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const metrics::Box& box) { require(box.x1 <= box.x2 && box.y1 <= box.y2); }

void read_predictions(std::span<const std::byte> bytes) {
  const auto source = data::open_predictions(io::memory_source(bytes));
  for (io::Batch batch; source->next(batch);) io::validate(source->header(), batch);
}

void read_faces(std::span<const std::byte> bytes) {
  data::WiderFaceReader reader(io::memory_source(bytes));
  while (const auto image = reader.next()) {
    for (const io::Box& box : image->boxes) check({box.x1, box.y1, box.x2, box.y2});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  attempt([&] {
    for (const auto& object : data::parse_voc(bytes).objects) {
      require(object.x1 <= object.x2 && object.y1 <= object.y2 && !object.name.empty());
    }
  });
  attempt([&] { read_faces(bytes); });
  attempt([&] { read_predictions(bytes); });
  attempt([&] {
    for (const auto& found : data::parse_detection_json(text).detections) {
      check(found.box);
      require(std::isfinite(found.score));
    }
  });
  for (const data::BoxForm form : {data::BoxForm::kCorners, data::BoxForm::kSize}) {
    attempt([&] {
      for (const auto& box : data::read_true_boxes(io::memory_source(bytes), form)) check(box.box);
    });
    attempt([&] {
      for (const auto& box : data::read_detections(io::memory_source(bytes), form)) check(box.box);
    });
  }
  return 0;
}
