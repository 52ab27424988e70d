#include <fmt/format.h>

#include <memory>

#include "base/random.h"
#include "bench_layer.h"
#include "bench_sparse.h"
#include "kernels/bit_planes.h"
#include "kernels/event_add.h"
#include "kernels/event_conv.h"
#include "kernels/fully_connected.h"
#include "peer.h"
#include "plain_rows.h"

namespace akida::bench {
namespace {

using kernels::AlignedVector;

// A vector of inputs, room for its events and for potentials.
struct Sample {
  Sample(int inputs, int neurons, double zeros, int max_input)
      : input(PeerShape{.channels = inputs}, zeros, max_input),
        rows{input.cells.data(), 0, 1, 1, inputs} {
    const std::size_t capacity = kernels::event_capacity(1, 1, inputs);
    values.resize(capacity);
    offsets.resize(capacity);
    pairs.resize(capacity / 2);
    starts.resize(2);
    bits.resize(static_cast<std::size_t>(kernels::bit_dwords(inputs)));
    potentials.resize(static_cast<std::size_t>(neurons + 127) / 128 * 128);
  }

  kernels::EventStream build(int group) {
    const kernels::EventStream stream = {values.data(), offsets.data(), starts.data(),
                                         pairs.data()};
    make_stream(rows, group, stream);
    return stream;
  }

  PaddedInput input;
  kernels::EventRows rows;
  kernels::EventStreamFn* make_stream = kernels::event_stream();
  AlignedVector<std::uint8_t> values;
  AlignedVector<std::uint32_t> offsets, starts, pairs, bits;
  AlignedVector<std::int32_t> potentials;
};

kernels::EventWindows one_window(int inputs, int neurons, int narrow_limit) {
  return {1, 1, 1, static_cast<std::size_t>(inputs * 64), (neurons + 63) / 64, narrow_limit};
}

std::vector<Candidate> binary_candidates(int inputs, int neurons, double zeros) {
  auto sample = std::make_shared<Sample>(inputs, neurons, zeros, 1);
  const kernels::ConvKernelShape shape = {.neurons = neurons, .channels = inputs};
  const auto plain = random_weights(static_cast<std::size_t>(inputs * neurons), 1);
  auto planes = std::make_shared<AlignedVector<std::uint32_t>>(
      kernels::pack_bit_planes(test::PlainRows(plain, neurons), shape, true));
  auto rows = std::make_shared<AlignedVector<std::int8_t>>(
      kernels::pack_event_weights(test::PlainRows(plain, neurons), shape));
  const kernels::BitWindows windows = {
      sample->bits.data(), 1, 0, 1, 0, kernels::bit_dwords(inputs), (neurons + 63) / 64, true};
  return {{"akida bit planes",
           [=, pack = kernels::pack_bits(), count = kernels::bit_planes()] {
             pack(sample->input.cells.data(), 1, inputs, sample->bits.data());
             count(windows, planes->data(), sample->potentials.data(), windows.blocks * 64);
           }},
          {"akida event additions", [=, add = kernels::event_add()] {
             add(sample->build(1), one_window(inputs, neurons, 127), rows->data(),
                 sample->potentials.data(), windows.blocks * 64);
           }}};
}

std::vector<Candidate> nibble_candidates(int inputs, int neurons, double zeros) {
  auto sample = std::make_shared<Sample>(inputs, neurons, zeros, 15);
  const auto plain =
      random_weights(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(neurons), 7);
  auto dense = std::make_shared<AlignedVector<std::int8_t>>(
      kernels::pack_fc_dense(test::PlainRows(plain, neurons), neurons));
  auto nibbles = std::make_shared<AlignedVector<std::uint8_t>>(
      kernels::pack_fc_nibbles(test::PlainRows(plain, neurons), neurons));
  auto nibble_rows = std::make_shared<AlignedVector<std::uint8_t>>(
      kernels::pack_fc_nibble_events(test::PlainRows(plain, neurons), neurons));
  auto rows = std::make_shared<AlignedVector<std::int8_t>>(kernels::pack_event_weights(
      test::PlainRows(plain, neurons), {.neurons = neurons, .channels = inputs}));
  const kernels::EventWindows window =
      one_window(inputs, neurons, kernels::event_pair_limit(15, 7));
  return {
      {"akida int8",
       [=, run = kernels::fc_dense()] {
         run(sample->input.cells.data(), inputs, dense->data(), neurons, sample->potentials.data());
       }},
      {"akida nibbles",
       [=, run = kernels::fc_nibbles()] {
         run(sample->input.cells.data(), inputs, nibbles->data(), neurons,
             sample->potentials.data());
       }},
      {"akida int8 events",
       [=, run = kernels::event_conv(window.narrow_limit)] {
         run.fn(sample->build(run.group), window, rows->data(), sample->potentials.data(),
                window.blocks * 64);
       }},
      {"akida nibble events", [=, run = kernels::fc_nibble_events()] {
         run(sample->build(2), 15, nibble_rows->data(), inputs, neurons, sample->potentials.data());
       }}};
}

void add_row(Report& report, const std::string& kind, int inputs, int neurons, int zeros,
             std::vector<Candidate> (*make)(int, int, double)) {
  const std::string name = fmt::format("{} fc {}->{} {}%", kind, inputs, neurons, zeros);
  if (!report.wants(name)) return;
  auto peer = std::make_shared<PeerFullyConnected>(inputs, neurons);
  std::vector<Candidate> candidates = make(inputs, neurons, zeros / 100.0);
  candidates.insert(candidates.begin(), {peer->name(), [peer] { peer->run(); }});
  report.add(name, double{1} * inputs * neurons, candidates);
}

}  // namespace

void add_fully_connected_rows(Report& report) {
  for (const int zeros : {0, 50, 70, 80, 90}) {
    add_row(report, "binary", 3136, 512, zeros, binary_candidates);
  }
  for (const int zeros : {0, 50, 80, 90}) {
    add_row(report, "4-bit", 1024, 1000, zeros, nibble_candidates);
    add_row(report, "4-bit", 4096, 4096, zeros, nibble_candidates);
  }
}

}  // namespace akida::bench
