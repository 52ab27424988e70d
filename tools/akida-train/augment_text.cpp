#include "akida-train/augment_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/nearest.h"

namespace akida::train {
namespace {

struct Change {
  const char* name;
  double nn::Augmentation::*amount;
};
constexpr std::array kChanges = {
    Change{"shift", &nn::Augmentation::shift},
    Change{"crop", &nn::Augmentation::crop},
    Change{"brightness", &nn::Augmentation::brightness},
    Change{"noise", &nn::Augmentation::noise},
};

double number_of(std::string_view name, std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail(ErrorKind::kUsage, "--augment: {} '{}' is no number", name, text);
  }
  return value;
}

void apply(std::string_view item, nn::Augmentation& augmentation) {
  const std::size_t equals = std::min(item.find('='), item.size());
  const std::string_view name = item.substr(0, equals);
  if (item == "flip") {
    augmentation.flip = true;
    return;
  }
  const auto change = std::ranges::find(kChanges, name, &Change::name);
  if (change == kChanges.end()) {
    const std::vector<std::string> names = {"flip", "shift", "crop", "brightness", "noise"};
    fail(ErrorKind::kUsage, "--augment: '{}' is none of {}{}", item, fmt::join(names, ", "),
         nearest_hint(name, names));
  }
  if (equals == item.size())
    fail(ErrorKind::kUsage, "--augment: {} needs a value: {}=X", name, name);
  augmentation.*(change->amount) = number_of(name, item.substr(equals + 1));
}

}  // namespace

nn::Augmentation parse_augmentation(std::string_view text) {
  nn::Augmentation augmentation;
  std::set<std::string_view> seen;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    if (!seen.insert(item.substr(0, item.find('='))).second) {
      fail(ErrorKind::kUsage, "--augment: {} is given twice", item.substr(0, item.find('=')));
    }
    apply(item, augmentation);
  }
  try {
    nn::validate(augmentation);
  } catch (const Error& error) {
    fail(ErrorKind::kUsage, "--augment: {}", error.what());
  }
  return augmentation;
}

std::string to_text(const nn::Augmentation& augmentation) {
  std::vector<std::string> items;
  if (augmentation.flip) items.emplace_back("flip");
  for (const Change& change : kChanges) {
    const double amount = augmentation.*(change.amount);
    if (amount > 0) items.push_back(fmt::format("{}={}", change.name, amount));
  }
  return fmt::format("{}", fmt::join(items, ","));
}

}  // namespace akida::train
