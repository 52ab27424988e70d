#include "data/boxes/voc_annotations.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <pugixml.hpp>

#include "base/error.h"
#include "base/utf8.h"
#include "io/stream.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr double kMaxSide = 1 << 20;

std::string text_of(const pugi::xml_node& node) {
  std::string text = node.text().as_string();
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  text.erase(text.begin(), std::ranges::find_if_not(text, is_blank));
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  return text;
}

// As int(round(float(text))) in Python.
std::int32_t side_of(const pugi::xml_node& node) {
  const std::string text = text_of(node);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) < kMaxSide)) {
    fail(ErrorKind::kFormat, "offset {}: {} '{}' is no number below {}", node.offset_debug(),
         node.name(), text, kMaxSide);
  }
  return static_cast<std::int32_t>(std::nearbyint(value));
}

void add_object(const pugi::xml_node& node, std::vector<VocObject>& objects) {
  const pugi::xml_node box = node.child("bndbox");
  const std::string name = text_of(node.child("name"));
  for (const char* key : {"xmin", "ymin", "xmax", "ymax"}) {
    if (!box.child(key)) return;
  }
  if (name.empty()) return;
  if (objects.size() == io::kMaxBoxes) {
    fail(ErrorKind::kFormat, "offset {}: more than {} objects, the limit", node.offset_debug(),
         io::kMaxBoxes);
  }
  const std::string difficult = text_of(node.child("difficult"));
  objects.push_back({.name = printable(name),
                     .x1 = side_of(box.child("xmin")),
                     .y1 = side_of(box.child("ymin")),
                     .x2 = side_of(box.child("xmax")),
                     .y2 = side_of(box.child("ymax")),
                     .difficult = !difficult.empty() && difficult != "0"});
  const VocObject& object = objects.back();
  if (object.x1 > object.x2 || object.y1 > object.y2) {
    fail(ErrorKind::kFormat, "offset {}: box ({}, {}), ({}, {}) has its second corner first",
         box.offset_debug(), object.x1, object.y1, object.x2, object.y2);
  }
}

}  // namespace

VocAnnotation parse_voc(std::span<const std::byte> xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size());
  if (!result) {
    fail(ErrorKind::kFormat, "offset {}: XML: {}", result.offset, result.description());
  }
  const pugi::xml_node root = document.child("annotation");
  if (!root) fail(ErrorKind::kFormat, "offset 0: XML without <annotation>");
  VocAnnotation annotation{.filename =
                               fs::path(text_of(root.child("filename"))).filename().string()};
  for (const pugi::xml_node& object : root.children("object")) {
    add_object(object, annotation.objects);
  }
  return annotation;
}

}  // namespace akida::data
