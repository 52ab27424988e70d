#include "common/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "base/utf8.h"
#include "common/command.h"
#include "common/shared_options.h"

namespace akida::cli {
namespace {

// Separates options from inputs in an entry, as on a command line.
constexpr std::string_view kInputsFollow = "--";

std::string quoted(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\n\"\\") == std::string::npos) return word;
  std::ostringstream text;
  text << std::quoted(word);
  return text.str();
}

std::string joined(const HistoryWords& words) {
  std::string text;
  for (const std::string& option : words.options) text += quoted(option) + ' ';
  if (!words.inputs.empty()) text += std::string(kInputsFollow) + ' ';
  for (const std::string& input : words.inputs) text += quoted(input) + ' ';
  if (!text.empty()) text.pop_back();
  return text;
}

HistoryWords parsed(const std::string& text) {
  HistoryWords words;
  bool inputs = false;
  std::istringstream stream(text);
  for (std::string word; stream >> std::quoted(word);) {
    if (word == kInputsFollow && !inputs) {
      inputs = true;
    } else {
      (inputs ? words.inputs : words.options).push_back(word);
    }
  }
  return words;
}

// As a model file may hold them: inputs without directories, no control characters.
HistoryWords storable(HistoryWords words) {
  for (std::string& option : words.options) option = printable(std::move(option));
  for (std::string& input : words.inputs) input = printable(base_name(input));
  return words;
}

HistoryEntry make_entry(const HistoryWords& words) {
  return {.tool = invocation().tool,
          .version = std::string(version()),
          .subcommand = invocation().verb,
          .options = joined(words)};
}

// Whether `last` is an entry of this command with these options, whatever its inputs.
bool continues(const HistoryEntry& last, const HistoryWords& words) {
  HistoryEntry same = make_entry(words);
  same.options = last.options;
  return same == last && parsed(last.options).options == words.options;
}

}  // namespace

void record_history(ModelInfo& info, const HistoryWords& words, bool no_history) {
  info.producer = fmt::format("{} {}", invocation().tool, version());
  if (!no_history) info.history.push_back(make_entry(storable(words)));
}

void resume_history(ModelInfo& info, const HistoryWords& words, bool no_history) {
  const HistoryWords added = storable(words);
  if (no_history || info.history.empty() || !continues(info.history.back(), added)) {
    record_history(info, words, no_history);
    return;
  }
  HistoryWords merged = parsed(info.history.back().options);
  for (const std::string& input : added.inputs) {
    if (std::find(merged.inputs.begin(), merged.inputs.end(), input) == merged.inputs.end()) {
      merged.inputs.push_back(input);
    }
  }
  info.history.back() = make_entry(merged);
}

}  // namespace akida::cli
