#include "data/file_kind.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstring>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/utf8.h"
#include "data/clouds/mesh.h"
#include "data/gzip.h"
#include "data/words.h"
#include "io/zstd.h"

namespace akida::data {
namespace {

using namespace std::string_view_literals;

bool contains(std::string_view head, std::string_view text) {
  return head.find(text) != std::string_view::npos;
}

bool is_text(std::string_view head) {
  const auto is_other = [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r';
  };
  if (head.empty() || std::ranges::any_of(head, is_other)) return false;
  const std::size_t wrong = find_invalid_utf8(head);
  return wrong == std::string_view::npos || head.size() - wrong < 4;  // cut inside a character
}

// The lines of the header of Prophesee's files.
std::string_view prophesee_header(std::string_view head) {
  std::size_t end = 0;
  while (head.substr(end).starts_with("% ")) {
    const std::size_t line = head.find('\n', end);
    if (line == std::string_view::npos) return head;
    end = line + 1;
  }
  return head.substr(0, end);
}

bool is_evt2(std::string_view head) {
  const auto header = prophesee_header(head);
  return contains(header, "% evt 2.0") || contains(header, "% format EVT2;");
}

bool is_evt21(std::string_view head) {
  const auto header = prophesee_header(head);
  return contains(header, "% evt 2.1") || contains(header, "% format EVT21");
}

bool is_evt3(std::string_view head) {
  const auto header = prophesee_header(head);
  return contains(header, "% evt 3.0") || contains(header, "% format EVT3");
}

bool is_dat(std::string_view head) {
  const auto header = prophesee_header(head);
  return contains(header, "% Data file") || contains(header, "% Version 2");
}

// Event Stream: the kind of its events is DVS or ATIS.
bool has_changes(std::string_view head) {
  return head.size() > 15 && (head[15] == 1 || head[15] == 2);
}

// A TFRecord file begins with u64 length and the masked CRC-32C of those bytes.
bool is_tfrecord(std::string_view head) {
  constexpr std::size_t kLengthBytes = 8;
  std::uint32_t stored = 0;
  if (head.size() < kLengthBytes + sizeof stored) return false;
  std::memcpy(&stored, head.data() + kLengthBytes, sizeof stored);
  const auto length = std::as_bytes(std::span(head)).first(kLengthBytes);
  return stored == std::rotr(crc32c(length), 15) + 0xA282EAD8U;
}

// u8 element type, u8 number of dimensions.
bool is_idx(std::string_view head) {
  if (head.size() < 8) return false;
  const auto type = static_cast<unsigned char>(head[2]);
  const auto dims = static_cast<unsigned char>(head[3]);
  return type >= 0x08 && type <= 0x0E && dims >= 1 && dims <= 4;
}

bool is_pnm(std::string_view head) {
  return head.size() > 2 && head[1] >= '1' && head[1] <= '6' &&
         std::isspace(static_cast<unsigned char>(head[2])) != 0;
}

bool is_wave(std::string_view head) { return head.size() >= 12 && head.substr(8, 4) == "WAVE"; }
bool is_npz(std::string_view head) { return contains(head.substr(0, 128), ".npy"); }
bool is_keras(std::string_view head) { return contains(head.substr(0, 128), "metadata.json"); }
bool is_voc(std::string_view head) { return contains(head, "<annotation>") && is_text(head); }

bool is_architecture(std::string_view head) {
  return is_text(head) && (contains(head, "layers:") || contains(head, "\"layers\""));
}

// Takes the first line, without its end, off `head`.
std::string_view take_line(std::string_view& head) {
  const std::size_t end = std::min(head.find('\n'), head.size());
  std::string_view line = head.substr(0, end);
  head.remove_prefix(std::min(end + 1, head.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A first line of three numbers or more, or of columns among which are x and y.
bool is_event_list(std::string_view head) {
  if (!is_text(head)) return false;
  std::string_view line;
  do {
    line = take_line(head);
  } while (!head.empty() && (words_of(line).empty() || words_of(line)[0].starts_with('#')));
  if (std::ranges::count(line, ',') < 2) return false;
  if (line.find_first_not_of("0123456789,+- .\t") == std::string_view::npos) return true;
  std::string columns = fmt::format(",{},", line);
  std::erase_if(columns, [](char letter) { return letter == ' ' || letter == '\t'; });
  return contains(columns, ",x,") && contains(columns, ",y,");
}

bool is_digits(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

// A path, a number of faces, and four numbers or more.
bool is_widerface(std::string_view head) {
  if (!is_text(head)) return false;
  const std::string_view path = take_line(head);
  const auto count = words_of(take_line(head));
  const auto box = words_of(take_line(head));
  return (path.ends_with(".jpg") || path.ends_with(".jpeg") || path.ends_with(".png")) &&
         count.size() == 1 && is_digits(count[0]) && box.size() >= 4 &&
         std::ranges::all_of(box, is_digits);
}

bool is_mesh(std::string_view head, std::string_view format) {
  return mesh_format(std::as_bytes(std::span(head))) == format;
}
bool is_off(std::string_view head) { return is_mesh(head, "OFF"); }
bool is_ply(std::string_view head) { return is_mesh(head, "PLY"); }
bool is_obj(std::string_view head) {
  return is_text(head) && (head.starts_with("v ") || contains(head, "\nv ")) &&
         is_mesh(head, "OBJ");
}

// Kinds without a magic, whose whole number of records tells: `size` bytes, 0 where that is not
// known.

std::uint8_t byte_at(std::string_view head, std::size_t at) {
  return static_cast<std::uint8_t>(head[at]);
}

// Records of `label_bytes` labels below `classes` and 32 x 32 x 3 pixels.
bool is_cifar(std::string_view head, std::uint64_t size, std::array<std::uint8_t, 2> classes,
              std::size_t label_bytes) {
  const std::size_t record = 3072 + label_bytes;
  if (size == 0 || size % record != 0) return false;
  for (std::size_t at = 0; at + label_bytes <= head.size(); at += record) {
    for (std::size_t i = 0; i < label_bytes; ++i) {
      if (byte_at(head, at + i) >= classes[i]) return false;
    }
  }
  return head.size() >= label_bytes;
}

bool is_cifar10(std::string_view head, std::uint64_t size) { return is_cifar(head, size, {10}, 1); }
bool is_cifar100(std::string_view head, std::uint64_t size) {
  return is_cifar(head, size, {20, 100}, 2);
}

// Events of 5 bytes: x, y, polarity and 23 bits of a time that rises, but for y 240, which says
// that it begins anew.
bool is_nmnist(std::string_view head, std::uint64_t size) {
  constexpr std::size_t kRecord = 5;
  constexpr std::size_t kLeast = 8;  // records; fewer may rise by chance
  if (size % kRecord != 0 || size < kLeast * kRecord) return false;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  for (std::size_t at = 0; at + kRecord <= head.size(); at += kRecord) {
    const std::uint32_t time = (byte_at(head, at + 2) & 0x7FU) << 16U |
                               std::uint32_t{byte_at(head, at + 3)} << 8U | byte_at(head, at + 4);
    if (byte_at(head, at) > 240 || byte_at(head, at + 1) > 240) return false;
    if (byte_at(head, at + 1) == 240) last = 0;
    if (time < last) return false;
    if (at == 0) first = time;
    last = time;
  }
  return last > first;
}

constexpr auto kEvents = "akida-data import events"sv;
constexpr auto kImages = "akida-data import images"sv;
constexpr auto kMeshes = "akida-data import meshes"sv;
constexpr auto kSounds = "akida-data import kws, features"sv;
constexpr auto kArchives =
    "akida-data import images, utkface, cifar10, cifar100, modelnet, kws, voc, widerface"sv;

// Of several that fit the first one counts. The name, what it is, what reads it, where which bytes
// stand, and what else must hold.
constexpr std::array kKinds = {
    FileKind{"aks", "sample stream", "all tools", 0, "AKS1\r\n\x1a\n"},
    FileKind{"fb", "model", "all tools", 4, "AKMD"},
    FileKind{"checkpoint", "checkpoint of a training", "akida-train --resume", 0, "AKT1\r\n\x1a\n"},
    FileKind{"aedat2", "event recording, AEDAT 2.0 (jAER)", kEvents, 0, "#!AER-DAT2.0"},
    FileKind{"aedat3", "event recording, AEDAT 3.1 (cAER)", kEvents, 0, "#!AER-DAT3.1"},
    FileKind{"aedat4", "event recording, AEDAT 4.0 (DV)", kEvents, 0, "#!AER-DAT4.0"},
    FileKind{"aedat", "event recording, AEDAT of another version", "", 0, "#!AER-DAT"},
    FileKind{"evt2", "event recording, Prophesee RAW with EVT 2.0", kEvents, 0, "% ", is_evt2},
    FileKind{"evt21", "event recording, Prophesee RAW with EVT 2.1", kEvents, 0, "% ", is_evt21},
    FileKind{"evt3", "event recording, Prophesee RAW with EVT 3.0", kEvents, 0, "% ", is_evt3},
    FileKind{"dat", "event recording, Prophesee DAT", kEvents, 0, "% ", is_dat},
    FileKind{"es", "event recording, Event Stream", kEvents, 0, "Event Stream", has_changes},
    FileKind{"es-other", "event recording, Event Stream without changes of brightness", "", 0,
             "Event Stream"},
    FileKind{"npy", "NumPy array", "akida-data import npy; events: akida-data import events", 0,
             "\x93NUMPY"},
    FileKind{"npz", "NumPy arrays in a zip archive", "akida-data import clouds", 0, "PK\x03\x04",
             is_npz},
    FileKind{"keras", "Keras model in a zip archive", "", 0, "PK\x03\x04", is_keras},
    FileKind{"zip", "zip archive", kArchives, 0, "PK\x03\x04"},
    FileKind{"tar", "tar archive", kArchives, 257, "ustar"},
    FileKind{"hdf5", "HDF5 file, as of Keras", "", 0, "\x89HDF\r\n\x1a\n"},
    FileKind{"png", "PNG image", kImages, 0, "\x89PNG\r\n\x1a\n"},
    FileKind{"jpeg", "JPEG image", kImages, 0, "\xff\xd8\xff"},
    FileKind{"pnm", "PNM image", kImages, 0, "P", is_pnm},
    FileKind{"gif", "GIF image", "", 0, "GIF8"},
    FileKind{"wav", "WAV sound", kSounds, 0, "RIFF", is_wave},
    FileKind{"flac", "FLAC sound", kSounds, 0, "fLaC"},
    FileKind{"ogg", "Ogg sound", kSounds, 0, "OggS"},
    FileKind{"off", "OFF mesh", kMeshes, 0, "", is_off},
    FileKind{"ply", "PLY mesh", kMeshes, 0, "", is_ply},
    FileKind{"tfrecord", "TFRecord file", "akida-data import imagenet", 0, "", is_tfrecord},
    FileKind{"idx", "IDX array (MNIST)", "akida-data import idx", 0, "\0\0"sv, is_idx},
    FileKind{"gzip", "gzip, damaged", "", 0, "\x1f\x8b"},
    FileKind{"zstd", "zstd frame, damaged", "", 0, "\x28\xb5\x2f\xfd"},
    FileKind{"voc", "PASCAL VOC annotation", "akida-data import voc", 0, "", is_voc},
    FileKind{"architecture", "architecture of a network", "akida-build new", 0, "",
             is_architecture},
    FileKind{"event-list", "list of events as text", kEvents, 0, "", is_event_list},
    FileKind{"obj", "OBJ mesh", kMeshes, 0, "", is_obj},
    FileKind{"widerface", "WIDER FACE annotations", "akida-data import widerface", 0, "",
             is_widerface},
    FileKind{"text", "text", "", 0, "", is_text},
};

struct RecordKind {
  FileKind kind;
  bool (*check)(std::string_view head, std::uint64_t size);
};
constexpr std::array kRecordKinds = {
    RecordKind{{"cifar10", "records of CIFAR-10", "akida-data import cifar10"}, is_cifar10},
    RecordKind{{"cifar100", "records of CIFAR-100", "akida-data import cifar100"}, is_cifar100},
    RecordKind{{"nmnist", "event recording, N-MNIST", "akida-data import events --format nmnist"},
               is_nmnist},
};

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool fits(const FileKind& kind, std::string_view head) {
  const bool has_magic =
      head.size() >= kind.offset && head.substr(kind.offset).starts_with(kind.magic);
  return has_magic && (kind.check == nullptr || kind.check(head));
}

const FileKind* kind_called(std::string_view name) {
  return std::ranges::find(kKinds, name, &FileKind::name);
}

}  // namespace

bool is_event_list(std::span<const std::byte> head) {
  return is_event_list(as_text(head.first(std::min(head.size(), kSniffedBytes))));
}

std::vector<FileKind> file_kinds() {
  std::vector<FileKind> kinds(kKinds.begin(), kKinds.end());
  for (const RecordKind& record : kRecordKinds) kinds.push_back(record.kind);
  return kinds;
}

const FileKind* find_file_kind(std::span<const std::byte> head, std::uint64_t size) {
  const std::string_view text = as_text(head.first(std::min(head.size(), kSniffedBytes)));
  for (const RecordKind& record : kRecordKinds) {
    if (record.check(text, size)) return &record.kind;
  }
  const auto* const found =
      std::ranges::find_if(kKinds, [&](const FileKind& kind) { return fits(kind, text); });
  return found == kKinds.end() ? nullptr : found;
}

SniffedFile sniff(std::unique_ptr<io::ByteSource> source, std::uint64_t limit) {
  SniffedFile file;
  const std::uint64_t size = source->size_hint();
  file.kind = find_file_kind(source->peek(kSniffedBytes), size);
  try {
    if (file.kind == kind_called("gzip")) {
      source = gunzip(std::move(source));
      file.kind = find_file_kind(source->peek(kSniffedBytes));
      file.inside.emplace_back("gzip");
    }
    if (file.kind == kind_called("zstd")) {
      const auto content =
          io::zstd_decompress(io::read_all(*source, limit), limit, io::ZstdChecksum::kOptional);
      file.kind = find_file_kind(content);
      file.inside.emplace_back("zstd");
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) throw;
  }
  return file;
}

}  // namespace akida::data
