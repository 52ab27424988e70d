// Resizing by weighted sums of many pixels, for image_resize.cpp only. Not installed.
#pragma once

#include "data/images/image_resize.h"

namespace akida::data {

// resize_image for kAntialias and kArea.
[[nodiscard]] Image resize_by_weights(const ImageView& image, std::int32_t width,
                                      std::int32_t height, ResizeFilter filter, const Rect& window);

}  // namespace akida::data
