// oneDNN's int8 inference primitives (u8 x s8 -> u8, one scale, ReLU): what others run instead.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace akida::bench {

// A convolution over a square map with padding of the kind Same.
struct PeerShape {
  int channels = 1;
  int neurons = 1;
  int size = 1;  // input width and height
  int kernel = 1;
  int stride = 1;
  bool depthwise = false;  // one kernel per channel; neurons == channels
};

struct PeerState;  // of oneDNN

class PeerConvolution {
 public:
  // Random levels 0..max_input with about `zeros` of them zero, and weights -7..7.
  explicit PeerConvolution(const PeerShape& shape, double zeros = 0.5, int max_input = 15);
  ~PeerConvolution();
  PeerConvolution(PeerConvolution&&) noexcept;
  PeerConvolution& operator=(PeerConvolution&&) noexcept;

  void run();
  // "onednn <implementation>", as oneDNN names what it chose.
  [[nodiscard]] const std::string& name() const;

 private:
  std::unique_ptr<PeerState> state_;
};

// A fully connected layer for one sample, u8 x s8 -> s32.
class PeerFullyConnected {
 public:
  PeerFullyConnected(int inputs, int neurons);
  ~PeerFullyConnected();
  PeerFullyConnected(PeerFullyConnected&&) noexcept;
  PeerFullyConnected& operator=(PeerFullyConnected&&) noexcept;

  void run();
  [[nodiscard]] const std::string& name() const;

 private:
  std::unique_ptr<PeerState> state_;
};

}  // namespace akida::bench
