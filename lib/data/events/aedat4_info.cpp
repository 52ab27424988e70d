#include "data/events/aedat4_info.h"

#ifdef AKIDA_HAVE_PUGIXML
#include <pugixml.hpp>
#endif

#include "io/stream.h"

namespace akida::data {

#ifdef AKIDA_HAVE_PUGIXML
namespace {

// <node><attr key="KEY">VALUE</attr>...</node>
pugi::xml_text attribute(const pugi::xml_node& node, const char* key) {
  return node.find_child_by_attribute("attr", "key", key).text();
}

bool holds_events(const pugi::xml_node& node) {
  return std::string_view(attribute(node, "typeIdentifier").as_string()) == "EVTS";
}

bool is_side(int value) { return value > 0 && value <= int{io::kMaxSide}; }

}  // namespace

void read_sensor_size(std::string_view xml, Shape& shape) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return;
  const pugi::xml_node stream = document.find_node(holds_events);
  const pugi::xml_node info = stream.find_child_by_attribute("node", "name", "info");
  const int width = attribute(info, "sizeX").as_int();
  const int height = attribute(info, "sizeY").as_int();
  if (!is_side(width) || !is_side(height)) return;
  shape.width = width;
  shape.height = height;
}
#else
void read_sensor_size(std::string_view, Shape&) {}
#endif

}  // namespace akida::data
