// The dictionary {label: name} that NumPy keeps in an .npy file as a pickled Python object.
//
// Reading follows the pickle as data: nothing is looked up or called, whatever it asks for, so a
// hostile file can do no more than name classes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace akida::data {

inline constexpr std::size_t kMaxClassMapBytes = std::size_t{1} << 24;

// The names in the order of their labels, which are 0, 1, 2...: the first dictionary in the .npy
// file. Throws kFormat where the file is damaged, or holds anything else.
[[nodiscard]] std::vector<std::string> decode_class_map(std::span<const std::byte> npy);

// An .npy file with the object array that numpy.save writes for the dictionary.
[[nodiscard]] std::vector<std::byte> encode_class_map(const std::vector<std::string>& names);

}  // namespace akida::data
