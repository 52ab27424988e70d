#include "codec/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <sstream>
#include <unordered_map>

#include "base/utf8.h"
#include "codec/architecture.h"

namespace akida::codec {
namespace {

using Kind = YamlNode::Kind;

// Builds the tree from yaml-cpp's events; its own Node would follow aliases.
class TreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    append(make_node(Kind::kNull, mark, "?", anchor));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail_at(make_node(Kind::kNull, mark, "?", 0), ErrorKind::kFormat, "aliases are not allowed");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = make_node(Kind::kScalar, mark, tag, anchor);
    node.quoted = tag == "!";
    node.text = value;
    append(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make_node(Kind::kList, mark, tag, anchor));
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make_node(Kind::kMap, mark, tag, anchor));
  }

  void OnMapEnd() override {
    check_keys(open_.back());
    close();
  }

  YamlNode take() { return std::move(root_); }

 private:
  static YamlNode make_node(Kind kind, const YAML::Mark& mark, const std::string& tag,
                            YAML::anchor_t anchor) {
    YamlNode node{.kind = kind,
                  .line = static_cast<std::uint32_t>(mark.line + 1),
                  .column = static_cast<std::uint32_t>(mark.column + 1)};
    if (anchor != 0) fail_at(node, ErrorKind::kFormat, "anchors are not allowed");
    if (!tag.empty() && tag != "?" && tag != "!") {
      fail_at(node, ErrorKind::kFormat, "tag '{}' is not allowed", tag);
    }
    return node;
  }

  void open(YamlNode node) {
    if (open_.size() >= kMaxArchitectureDepth) {
      fail_at(node, ErrorKind::kFormat, "more than {} collections inside each other",
              kMaxArchitectureDepth);
    }
    open_.push_back(std::move(node));
  }

  void close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    append(std::move(node));
  }

  void append(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else {
      open_.back().items.push_back(std::move(node));
    }
  }

  static void check_keys(const YamlNode& map) {
    std::unordered_map<std::string_view, const YamlNode*> seen;
    for (std::size_t i = 0; i < map.items.size(); i += 2) {
      const YamlNode& key = map.items[i];
      if (!key.is_scalar()) fail_at(key, ErrorKind::kFormat, "a key must be a plain word");
      const auto [first, is_new] = seen.emplace(key.text, &key);
      if (!is_new) {
        fail_at(key, ErrorKind::kFormat, "key '{}' was already given in line {}", key.text,
                first->second->line);
      }
    }
  }

  std::vector<YamlNode> open_;
  YamlNode root_;
};

// Where byte `offset` of `text` stands.
YamlNode node_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {.line = static_cast<std::uint32_t>(line),
          .column = static_cast<std::uint32_t>(offset - line_start + 1)};
}

void check_characters(std::string_view text) {
  if (text.size() > kMaxArchitectureBytes) {
    fail(ErrorKind::kFormat, "{} bytes exceed limit {}", text.size(), kMaxArchitectureBytes);
  }
  if (const auto bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    fail_at(node_at(text, bad), ErrorKind::kFormat, "byte {:#04x} is no UTF-8",
            static_cast<unsigned char>(text[bad]));
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      fail_at(node_at(text, i), ErrorKind::kFormat, "control character {:#04x}", c);
    }
  }
}

const char* kind_name(const YamlNode& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "empty";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a mapping";
    case Kind::kScalar:
      break;
  }
  return "a scalar";
}

[[noreturn]] void fail_type(const YamlNode& node, std::string_view what, std::string_view wanted) {
  constexpr std::size_t kShown = 40;
  if (!node.is_scalar()) {
    fail_at(node, ErrorKind::kInvalid, "{} is {}, not {}", what, kind_name(node), wanted);
  }
  if (node.text.size() > kShown) {
    fail_at(node, ErrorKind::kInvalid, "{} is a text of {} bytes, not {}", what, node.text.size(),
            wanted);
  }
  const char quote = node.quoted ? '"' : '\'';
  fail_at(node, ErrorKind::kInvalid, "{} is {}{}{}, not {}", what, quote, node.text, quote, wanted);
}

// The whole text as T; YAML allows a leading plus, std::from_chars does not.
template <typename T>
bool parse_number(std::string_view text, T& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.starts_with('+')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

template <typename T>
T number(const YamlNode& node, std::string_view what, std::string_view wanted) {
  T value{};
  if (!node.is_scalar() || node.quoted || !parse_number(node.text, value)) {
    fail_type(node, what, wanted);
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) fail_type(node, what, wanted);
  }
  return value;
}

}  // namespace

std::string YamlNode::place() const { return fmt::format("line {}, column {}", line, column); }

const YamlNode* YamlNode::find(std::string_view key) const {
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == key) return &items[i + 1];
  }
  return nullptr;
}

YamlNode parse_yaml(std::string_view text) {
  check_characters(text);
  std::istringstream stream{std::string(text)};
  TreeBuilder first, second;
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(first)) fail(ErrorKind::kFormat, "the document is empty");
    if (parser.HandleNextDocument(second)) {
      fail_at(second.take(), ErrorKind::kFormat, "a second document");
    }
  } catch (const YAML::Exception& error) {
    const YamlNode place{.line = static_cast<std::uint32_t>(error.mark.line + 1),
                         .column = static_cast<std::uint32_t>(error.mark.column + 1)};
    fail_at(place, ErrorKind::kFormat, "{}", error.msg);
  }
  return first.take();
}

std::string yaml_text(const YamlNode& node, std::string_view what) {
  if (!node.is_scalar()) fail_type(node, what, "a text");
  return node.text;
}

std::int32_t yaml_integer(const YamlNode& node, std::string_view what) {
  return number<std::int32_t>(node, what, "an integer of 32 bits");
}

float yaml_float(const YamlNode& node, std::string_view what) {
  return number<float>(node, what, "a finite number");
}

double yaml_double(const YamlNode& node, std::string_view what) {
  return number<double>(node, what, "a finite number");
}

bool yaml_boolean(const YamlNode& node, std::string_view what) {
  if (node.is_scalar() && !node.quoted) {
    if (node.text == "true" || node.text == "True") return true;
    if (node.text == "false" || node.text == "False") return false;
  }
  fail_type(node, what, "true or false");
}

void require_list(const YamlNode& node, std::string_view what) {
  if (!node.is_list()) fail_type(node, what, "a list");
}

void require_map(const YamlNode& node, std::string_view what) {
  if (!node.is_map()) fail_type(node, what, "a mapping");
}

bool is_number(const YamlNode& node) {
  double value = 0;
  return node.is_scalar() && !node.quoted && parse_number(node.text, value);
}

}  // namespace akida::codec
