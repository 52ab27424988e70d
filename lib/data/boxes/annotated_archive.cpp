#include "data/boxes/annotated_archive.h"

#include <memory>

#include "data/archive.h"
#include "data/images/encoded_images.h"
#include "data/images/image.h"
#include "io/bytes.h"

namespace akida::data {

bool find_ending(const std::string& path, const std::function<bool(const std::string&)>& find) {
  for (std::size_t at = 0;; ++at) {
    if (find(path.substr(at))) return true;
    at = path.find('/', at);
    if (at == std::string::npos) return false;
  }
}

AnnotatedImages images_in_archive(std::string name, const std::string& path, WantedImages wanted) {
  const auto archive = std::make_shared<ArchiveReader>(path);
  const auto next = [archive, wanted = std::move(wanted)]() -> std::optional<AnnotatedImage> {
    while (archive->next()) {
      std::optional<AnnotatedImage> image = wanted.take(archive->entry());
      if (!image) continue;
      const auto content = archive->content();
      if (image_format(content->peek(kImageMagicBytes)).empty()) continue;
      image->path = content->name();
      image->bytes = io::read_all(*content, kMaxEncodedBytes);
      return image;
    }
    if (wanted.finish) wanted.finish();
    return std::nullopt;
  };
  return {.name = std::move(name), .next = next, .share = nullptr};
}

}  // namespace akida::data
