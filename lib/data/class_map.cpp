#include "data/class_map.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "io/byte_fields.h"
#include "io/npy.h"
#include "io/stream.h"

namespace akida::data {
namespace {

// Operations of pickle protocols 2 to 5, by their names in Python's pickletools.
enum Operation : std::uint8_t {
  kProto = 0x80,
  kFrame = 0x95,
  kStop = '.',
  kMark = '(',
  kGlobal = 'c',
  kStackGlobal = 0x93,
  kReduce = 'R',
  kNewObject = 0x81,
  kBuild = 'b',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kMemoize = 0x94,
  kBinGet = 'h',
  kLongBinGet = 'j',
  kNone = 'N',
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kBinUnicode = 'X',
  kShortBinUnicode = 0x8C,
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kShortBinString = 'U',
  kEmptyTuple = ')',
  kTuple = 't',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kEmptyList = ']',
  kAppend = 'a',
  kAppends = 'e',
  kEmptyDict = '}',
  kSetItem = 's',
  kSetItems = 'u',
};

enum class Kind { kOther, kMark, kNumber, kText, kDictionary };

struct Value {
  Kind kind = Kind::kOther;
  std::int64_t number = 0;  // or, of a dictionary, how many there were before
  std::string_view text;
};

class PickleReader {
 public:
  PickleReader(std::span<const std::byte> bytes, std::uint64_t base)
      : fields_(bytes, "offset", base) {}

  // The items of the first dictionary.
  std::map<std::int64_t, std::string> read() {
    for (;;) {
      const auto operation = fields_.get<std::uint8_t>("pickle operation");
      if (operation == kStop) break;
      if (!do_value(operation) && !do_structure(operation) && !do_memo(operation)) {
        fields_.refuse("pickle operation {:#04x} is unknown", operation);
      }
    }
    if (dictionaries_ == 0) fields_.refuse("pickle holds no dictionary");
    return std::move(items_);
  }

 private:
  // Pushes what needs nothing from the stack.
  bool do_value(std::uint8_t operation) {
    switch (operation) {
      case kNone:
      case kNewTrue:
      case kNewFalse:
      case kEmptyTuple:
      case kEmptyList:
        return push({});
      case kMark:
        return push({.kind = Kind::kMark});
      case kBinInt:
        return push({Kind::kNumber, fields_.get<std::int32_t>("integer"), {}});
      case kBinInt1:
        return push({Kind::kNumber, fields_.get<std::uint8_t>("integer"), {}});
      case kBinInt2:
        return push({Kind::kNumber, fields_.get<std::uint16_t>("integer"), {}});
      case kBinUnicode:
      case kBinBytes:
        return push_text(fields_.get<std::uint32_t>("length"));
      case kShortBinUnicode:
      case kShortBinBytes:
      case kShortBinString:
        return push_text(fields_.get<std::uint8_t>("length"));
      case kEmptyDict:
        return push({Kind::kDictionary, dictionaries_++, {}});
      case kGlobal:  // module and name, a line each; whatever it is, it is only a value here
        skip_line();
        skip_line();
        return push({});
      default:
        return false;
    }
  }

  // Combines what is on the stack.
  bool do_structure(std::uint8_t operation) {
    switch (operation) {
      case kTuple1:
        return replace(1);
      case kTuple2:
      case kStackGlobal:
      case kReduce:
      case kNewObject:
        return replace(2);
      case kTuple3:
        return replace(3);
      case kTuple:
        (void)pop_to_mark();
        return push({});
      case kAppends:
        (void)pop_to_mark();
        return true;
      case kAppend:
      case kBuild:
        (void)pop();
        return true;
      case kSetItem: {
        const Value value = pop();
        const Value key = pop();
        set_items(std::vector<Value>{key, value});
        return true;
      }
      case kSetItems:
        set_items(pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  bool do_memo(std::uint8_t operation) {
    switch (operation) {
      case kProto:
        (void)fields_.get<std::uint8_t>("protocol");
        return true;
      case kFrame:
        (void)fields_.get<std::uint64_t>("frame");
        return true;
      case kBinPut:
        memo_[fields_.get<std::uint8_t>("memo index")] = top();
        return true;
      case kLongBinPut:
        memo_[fields_.get<std::uint32_t>("memo index")] = top();
        return true;
      case kMemoize:
        memo_[static_cast<std::uint32_t>(memo_.size())] = top();
        return true;
      case kBinGet:
        return push(recall(fields_.get<std::uint8_t>("memo index")));
      case kLongBinGet:
        return push(recall(fields_.get<std::uint32_t>("memo index")));
      default:
        return false;
    }
  }

  bool push(Value value) {
    stack_.push_back(value);
    return true;
  }

  bool push_text(std::uint64_t length) {
    const auto bytes = fields_.take(length, "text");
    return push({Kind::kText, 0, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
  }

  bool replace(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) (void)pop();
    return push({});
  }

  const Value& top() const {
    if (stack_.empty()) fields_.refuse("pickle takes a value that is not there");
    return stack_.back();
  }

  Value pop() {
    const Value value = top();
    if (value.kind == Kind::kMark) fields_.refuse("pickle takes a mark for a value");
    stack_.pop_back();
    return value;
  }

  std::vector<Value> pop_to_mark() {
    std::vector<Value> values;
    while (top().kind != Kind::kMark) values.push_back(pop());
    stack_.pop_back();
    std::ranges::reverse(values);
    return values;
  }

  const Value& recall(std::uint32_t index) const {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fields_.refuse("pickle recalls value {}, which is unknown", index);
    return found->second;
  }

  // Keys and values in turn, for the dictionary on top of the stack.
  void set_items(const std::vector<Value>& values) {
    if (top().kind != Kind::kDictionary) fields_.refuse("pickle puts items into no dictionary");
    if (top().number != 0) return;
    if (values.size() % 2 != 0) fields_.refuse("pickle has a key without a value");
    for (std::size_t i = 0; i < values.size(); i += 2) {
      if (values[i].kind != Kind::kNumber || values[i + 1].kind != Kind::kText) {
        fields_.refuse("item {} of the dictionary is not a number and its name", items_.size());
      }
      if (items_.size() == io::kMaxClasses) {
        fields_.refuse("more than {} names, the limit", io::kMaxClasses);
      }
      items_[values[i].number] = values[i + 1].text;
    }
  }

  void skip_line() {
    while (fields_.get<char>("name") != '\n') {
    }
  }

  io::FieldReader fields_;
  std::vector<Value> stack_;
  std::map<std::uint32_t, Value> memo_;
  std::map<std::int64_t, std::string> items_;
  std::int64_t dictionaries_ = 0;
};

// The start of an .npy file up to its data; returns where these begin.
std::size_t skip_npy_header(std::span<const std::byte> npy) {
  io::FieldReader fields(npy, "offset");
  if (!std::ranges::equal(fields.take(io::npy_magic().size(), "magic"), io::npy_magic())) {
    fields.refuse("no .npy file");
  }
  const auto major = fields.get<std::uint8_t>("version");
  (void)fields.get<std::uint8_t>("version");
  const std::uint64_t length = major == 1 ? fields.get<std::uint16_t>("header length")
                                          : fields.get<std::uint32_t>("header length");
  const auto bytes = fields.take(length, "header");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.find("'|O'") == std::string_view::npos) fields.refuse("array holds no objects");
  return static_cast<std::size_t>(fields.offset());
}

// What numpy.save writes around the dictionary, an array of shape () and type object, without the
// memo that nothing refers to.
using namespace std::string_view_literals;
constexpr std::string_view kBeforeItems =
    "\x80\x03"
    "cnumpy.core.multiarray\n_reconstruct\n"
    "cnumpy\nndarray\n"
    "K\0\x85"
    "C\1b\x87R"
    "(K\1)"
    "cnumpy\ndtype\n"
    "X\2\0\0\0O8\x89\x88\x87R"
    "(K\3X\1\0\0\0|NNNJ\xFF\xFF\xFF\xFFJ\xFF\xFF\xFF\xFFK?tb"
    "\x89]}("sv;
constexpr std::string_view kAfterItems = "uatb."sv;

}  // namespace

std::vector<std::string> decode_class_map(std::span<const std::byte> npy) {
  const std::size_t start = skip_npy_header(npy);
  std::map<std::int64_t, std::string> items = PickleReader(npy.subspan(start), start).read();
  std::vector<std::string> names;
  for (auto& [label, name] : items) {
    if (label != static_cast<std::int64_t>(names.size())) {
      fail(ErrorKind::kFormat, "label {} of the dictionary is not {}, the next one", label,
           names.size());
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::byte> encode_class_map(const std::vector<std::string>& names) {
  std::string header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }";
  constexpr std::size_t kHeaderBytes = 118;  // with the ten bytes in front a multiple of 64
  header.resize(kHeaderBytes - 1, ' ');
  header += '\n';
  std::vector<std::byte> bytes;
  io::put_bytes(bytes, io::npy_magic());
  io::put(bytes, std::uint8_t{1});
  io::put(bytes, std::uint8_t{0});
  io::put(bytes, static_cast<std::uint16_t>(kHeaderBytes));
  io::put_text(bytes, header);
  io::put_text(bytes, kBeforeItems);
  for (std::size_t label = 0; label < names.size(); ++label) {
    io::put(bytes, static_cast<char>(kBinInt));
    io::put(bytes, static_cast<std::int32_t>(label));
    io::put(bytes, static_cast<char>(kBinUnicode));
    io::put(bytes, static_cast<std::uint32_t>(names[label].size()));
    io::put_text(bytes, names[label]);
  }
  io::put_text(bytes, kAfterItems);
  return bytes;
}

}  // namespace akida::data
