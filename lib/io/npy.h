// NumPy array files (.npy), versions 1.0 to 3.0.
//
// Element types: |u1 |i1 <i4 <f4 <f8 as they are; |b1 becomes u8; <i2 <u2 <u4 <i8 <u8 become i32
// where every value fits (an error names the first that does not); <f2 becomes f32. Big-endian ones
// (>i4) likewise. Refused, with a message that says which: Fortran order, structured types, more
// than four dimensions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/bytes.h"
#include "tensor/dense.h"

namespace akida::io {

inline constexpr std::uint32_t kMaxNpyHeaderBytes = 1U << 16;
inline constexpr std::uint64_t kMaxNpyBytes = 1ULL << 34;  // of elements

// The first bytes of every .npy file: "\x93NUMPY".
[[nodiscard]] std::span<const std::byte> npy_magic();

// What the header of a .npy file says.
struct NpyField {
  std::string name;   // empty where elements are plain
  std::string descr;  // "<u8", "|b1"
};
struct NpyHeader {
  std::vector<NpyField> fields;  // one for plain elements, one per field of structured ones
  bool structured = false;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

// Reads the magic and the header, after which come the elements. Fields that are structures or
// arrays themselves are kUnsupported. Throws kFormat for a damaged header, without the source's
// name.
[[nodiscard]] NpyHeader read_npy_header(ByteSource& source);

struct NpyType;

// Reads an array piece by piece along its first dimension.
class NpyReader {
 public:
  // Reads the header. Throws kFormat for a damaged header, kUnsupported for what is listed
  // above; messages begin with the source's name.
  explicit NpyReader(ByteSource& source);

  // Of the tensors handed out.
  [[nodiscard]] DType type() const { return type_; }

  // Of the whole array, one to four of them (a scalar has dims {1}).
  [[nodiscard]] const std::vector<std::int64_t>& dims() const { return dims_; }

  // The next `count` entries of the first dimension, fewer at the end; none left gives dims
  // {0, ...}. Throws kFormat when the file is shorter than its header says, or longer.
  [[nodiscard]] Dense read_rows(std::int64_t count);

 private:
  void read_header();

  ByteSource& source_;
  std::vector<std::int64_t> dims_;
  DType type_ = DType::kU8;
  const NpyType* stored_ = nullptr;  // how the file stores an element
  bool is_big_endian_ = false;
  std::int64_t next_row_ = 0;
};

// The whole array.
[[nodiscard]] Dense read_npy(ByteSource& source);

// The header alone, behind which the elements of an array of these dimensions are written.
void write_npy_header(ByteSink& sink, DType type, const std::vector<std::int64_t>& dims);

// Version 1.0, C order, byte for byte what numpy.save writes (NumPy 1.24).
void write_npy(ByteSink& sink, const Dense& array);

}  // namespace akida::io
