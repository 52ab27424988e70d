// What a program outside this tree sees: installed headers, library and pkg-config file.
#include "snn/model.h"
#include "tensor/sparse.h"

int main() {
  akida::snn::Model model;
  model.add({.name = "in", .parameters = akida::snn::InputData{.input = {2, 1, 1}}});
  model.add({.name = "xor", .parameters = akida::snn::FullyConnected{.num_neurons = 3}});
  return model.output_shape().channels == 3 ? 0 : 1;
}
