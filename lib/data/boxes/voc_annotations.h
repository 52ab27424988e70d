// Annotations of PASCAL VOC: one XML file per image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/boxes/box_image.h"
#include "io/bytes.h"

namespace akida::data {

inline constexpr std::uint64_t kMaxAnnotationBytes = 1ULL << 24;

struct VocObject {
  std::string name;                             // of its class
  std::int32_t x1 = 0, y1 = 0, x2 = 0, y2 = 0;  // as written, rounded half to even
  bool difficult = false;
};

struct VocAnnotation {
  std::string filename;  // without folders; empty where the file names none
  std::vector<VocObject> objects;
};

// An <annotation>. An <object> that lacks its name or one of the four sides is left out, as
// documented. Throws kFormat with the offset for what is no XML, for sides that are no numbers
// below 2^20 or in the wrong order, and for more than io::kMaxBoxes objects.
[[nodiscard]] VocAnnotation parse_voc(std::span<const std::byte> xml);

struct VocOptions {
  std::string annotations;  // folder or archive of the XML files
  std::string images;       // folder or archive of the images; may be the same archive
  std::string list;         // file with the names of the annotations to take, without ".xml", one a
                            // line (what follows a blank is passed over); empty: all, sorted
  bool keep_difficult = false;  // else difficult objects are left out
};

// The classes of all objects, sorted.
[[nodiscard]] std::vector<std::string> voc_classes(const VocOptions& options);

// The images in the order of the list or, where they lie in an archive, of the archive. An object
// whose class is none of `samples.class_names` is left out. An image is the file that the
// annotation names or, where there is none, the one with the annotation's own name; ids are the
// annotations' names.
[[nodiscard]] std::unique_ptr<SampleSource> open_voc(const VocOptions& options,
                                                     BoxImageOptions samples);

}  // namespace akida::data
