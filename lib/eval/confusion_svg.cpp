#include "eval/confusion_svg.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"

namespace akida::eval {
namespace {

constexpr int kCell = 28;          // pixels
constexpr int kLabel = 130;        // for the names
constexpr int kTextClasses = 40;   // up to so many classes have counts in their cells
constexpr std::size_t kName = 18;  // characters of a name that are drawn

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

// The first characters of a name, whole UTF-8 sequences only.
std::string shortened(const std::string& name) {
  std::size_t end = 0, characters = 0;
  while (end < name.size()) {
    std::size_t next = end + 1;
    while (next < name.size() && (static_cast<unsigned char>(name[next]) & 0xC0U) == 0x80U) ++next;
    if (++characters > kName) return name.substr(0, end) + "…";
    end = next;
  }
  return name;
}

class Drawing {
 public:
  Drawing(const Confusion& confusion, const std::vector<std::string>& names)
      : confusion_(confusion),
        names_(names),
        classes_(std::max(confusion.class_count(), static_cast<std::int32_t>(names.size()))) {
    for (std::int32_t truth = 0; truth < classes_; ++truth) {
      unpredicted_ = unpredicted_ || confusion.count(truth, kNoClass) > 0;
    }
  }

  std::string draw() {
    if (classes_ > kMaxDrawnClasses) {
      fail(ErrorKind::kInvalid, "a picture of {} classes exceeds limit {}", classes_,
           kMaxDrawnClasses);
    }
    const int columns = classes_ + (unpredicted_ ? 1 : 0);
    const int width = kLabel + columns * kCell + kCell;
    const int height = kLabel + classes_ * kCell + kCell;
    put("<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{}\" height=\"{}\" "
        "font-family=\"sans-serif\" font-size=\"10\">\n",
        width, height);
    put("<title>Confusion matrix: {} samples, accuracy {:.2f} %</title>\n", confusion_.samples(),
        100 * confusion_.accuracy());
    put("<rect width=\"{}\" height=\"{}\" fill=\"white\"/>\n", width, height);
    for (std::int32_t truth = 0; truth < classes_; ++truth) {
      draw_row(truth);
    }
    for (std::int32_t column = 0; column < columns; ++column) draw_column_name(column);
    text_ += "</svg>\n";
    return text_;
  }

 private:
  template <typename... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  [[nodiscard]] std::int32_t predicted(std::int32_t column) const {
    return column < classes_ ? column : kNoClass;
  }

  [[nodiscard]] std::string name(std::int32_t class_index) const {
    return escaped(shortened(class_label(class_index, names_)));
  }

  void draw_row(std::int32_t truth) {
    const int y = kLabel + truth * kCell;
    put("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n", kLabel - 6, y + kCell / 2 + 4,
        name(truth));
    std::uint64_t samples = 0;
    const std::int32_t columns = classes_ + (unpredicted_ ? 1 : 0);
    for (std::int32_t c = 0; c < columns; ++c) samples += confusion_.count(truth, predicted(c));
    for (std::int32_t c = 0; c < columns; ++c) {
      draw_cell(kLabel + c * kCell, y, confusion_.count(truth, predicted(c)), samples);
    }
  }

  void draw_cell(int x, int y, std::uint64_t count, std::uint64_t samples) {
    const double share =
        samples == 0 ? 0 : static_cast<double>(count) / static_cast<double>(samples);
    // White to a dark blue.
    const int red = static_cast<int>(255 - share * 247);
    const int green = static_cast<int>(255 - share * 207);
    const int blue = static_cast<int>(255 - share * 148);
    put("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#{:02x}{:02x}{:02x}\" "
        "stroke=\"#dddddd\"/>\n",
        x, y, kCell, kCell, red, green, blue);
    if (count == 0 || classes_ > kTextClasses) return;
    put("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"8\" fill=\"{}\">{}</text>\n",
        x + kCell / 2, y + kCell / 2 + 3, share > 0.5 ? "white" : "black", count);
  }

  void draw_column_name(std::int32_t column) {
    const int x = kLabel + column * kCell + kCell / 2 + 3;
    const int y = kLabel - 6;
    put("<text x=\"{}\" y=\"{}\" transform=\"rotate(-90 {} {})\">{}</text>\n", x, y, x, y,
        name(predicted(column)));
  }

  const Confusion& confusion_;
  const std::vector<std::string>& names_;
  std::int32_t classes_;
  bool unpredicted_ = false;
  std::string text_;
};

}  // namespace

std::string class_label(std::int32_t class_index, const std::vector<std::string>& class_names) {
  if (class_index == kNoClass) return "none";
  const auto index = static_cast<std::size_t>(class_index);
  return index < class_names.size() ? class_names[index] : fmt::to_string(class_index);
}

std::string confusion_svg(const Confusion& confusion, const std::vector<std::string>& class_names) {
  return Drawing(confusion, class_names).draw();
}

}  // namespace akida::eval
