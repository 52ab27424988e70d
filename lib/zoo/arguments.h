// Arguments of an architecture by their documented names, given as text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cnn/network_layer.h"

namespace akida::zoo {

enum class ArgumentType : std::uint8_t {
  kInteger,  // "33"
  kNumber,   // "0.5"
  kFlag,     // "true" or "false"
  kShape,    // "49,10,1": height, width, channels
  kChoice,   // one of `choices`
  kModel,    // the path of a model file
};

// One argument as the API documents it.
struct Argument {
  std::string name;  // "input_shape"
  ArgumentType type = ArgumentType::kInteger;
  std::string default_value;  // as it is written; empty: must be given, of kModel: none is read
  std::string help;
  double low = 0;   // of numbers, and of the height and width of shapes
  double high = 0;  // of numbers
  std::vector<std::string> choices;
  bool is_required = false;
};

[[nodiscard]] const char* name_of(ArgumentType type);  // "integer"

// What the argument may be, "an integer in 1..65536"; also part of the messages.
[[nodiscard]] std::string valid_values(const Argument& argument);

// Values as given, by the arguments' names.
using ArgumentValues = std::map<std::string, std::string, std::less<>>;

// The values of one call: those given, else the defaults. Every value is checked at construction,
// which throws kUsage for an unknown name (naming the known ones), a missing value and one that
// the argument cannot be. Getters take the names of arguments of their type.
class ArgumentReader {
 public:
  // `arguments` must outlive the reader.
  ArgumentReader(const std::vector<Argument>& arguments, const ArgumentValues& given);

  [[nodiscard]] std::int32_t integer(std::string_view name) const;
  [[nodiscard]] double number(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] cnn::Dims shape(std::string_view name) const;
  [[nodiscard]] const std::string& text(std::string_view name) const;  // of a choice or model

 private:
  ArgumentValues values_;
};

}  // namespace akida::zoo
