#include "zoo/registry.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "base/nearest.h"
#include "cnn/initializers.h"
#include "codec/model_file.h"
#include "zoo/transfer.h"

namespace akida::zoo {
namespace {

// A network has at most this many classes, points or boxes per cell.
constexpr double kMaxCount = 65536;

// Below 1/32 the narrowest layer would have no filter left.
constexpr double kMinAlpha = 1.0 / 32;
constexpr double kMaxAlpha = 64;

Argument count(const char* name, const char* default_value, const char* help) {
  return {.name = name,
          .type = ArgumentType::kInteger,
          .default_value = default_value,
          .help = help,
          .low = 1,
          .high = kMaxCount};
}

Argument classes(const char* default_value) {
  return count("classes", default_value, "Classes to tell apart");
}

Argument shape(const char* default_value, double minimum) {
  return {.name = "input_shape",
          .type = ArgumentType::kShape,
          .default_value = default_value,
          .help = "Height, width and channels of the samples",
          .low = minimum};
}

Argument flag(const char* name, const char* default_value, const char* help) {
  return {.name = name, .type = ArgumentType::kFlag, .default_value = default_value, .help = help};
}

Argument choice(const char* name, const char* default_value, std::vector<std::string> choices,
                const char* help) {
  return {.name = name,
          .type = ArgumentType::kChoice,
          .default_value = default_value,
          .help = help,
          .choices = std::move(choices)};
}

Argument alpha() {
  return {.name = "alpha",
          .type = ArgumentType::kNumber,
          .default_value = "1.0",
          .help = "Multiplies the number of filters of every layer",
          .low = kMinAlpha,
          .high = kMaxAlpha};
}

Argument dropout() {
  return {.name = "dropout",
          .type = ArgumentType::kNumber,
          .default_value = "0.001",
          .help = "Share of values that training drops before the classifier",
          .low = 0,
          .high = 0.999};
}

Argument include_top() {
  return flag("include_top", "true", "End with the classifier, not with its features");
}

Argument pooling(const char* help) { return choice("pooling", "none", {"none", "avg"}, help); }

Argument base_model(const char* help) {
  return {.name = "base_model", .type = ArgumentType::kModel, .help = help, .is_required = true};
}

// 0 for float; activations may have 1 bit in some architectures.
Argument bits(const char* name, const char* default_value, bool from_one, const char* help) {
  std::vector<std::string> choices = {"0", "2", "3", "4", "5", "6", "7", "8"};
  if (from_one) choices.insert(choices.begin() + 1, "1");
  return choice(name, default_value, std::move(choices), help);
}

Argument weight_bits() {
  return bits("weight_quantization", "0", false, "Bits of the weights, 0 for float");
}
Argument activation_bits(bool from_one = false) {
  return bits("activ_quantization", "0", from_one, "Bits of the activations, 0 for float");
}
Argument input_weight_bits() {
  return bits("input_weight_quantization", "", false,
              "Bits of the first layer's weights; default: as the others");
}

// The bits that an optional argument gives, or those of another one.
std::int32_t bits_of(const ArgumentReader& arguments, const char* name, std::int32_t fallback) {
  return arguments.text(name).empty() ? fallback : arguments.integer(name);
}

// Nothing is quantized where all bits are 0, as documented.
quant::QuantizeOptions quantization(std::int32_t weights, std::int32_t activations,
                                    std::int32_t input_weights) {
  if (weights == 0 && activations == 0 && input_weights == 0) return {};
  return {
      .weight_bits = weights, .activation_bits = activations, .input_weight_bits = input_weights};
}

// With the three arguments of most architectures.
Draft draft(cnn::Network network, const ArgumentReader& arguments) {
  const std::int32_t weights = arguments.integer("weight_quantization");
  return {std::move(network),
          quantization(weights, arguments.integer("activ_quantization"),
                       bits_of(arguments, "input_weight_quantization", weights))};
}

TopPooling pooling_of(const ArgumentReader& arguments) {
  return arguments.text("pooling") == "avg" ? TopPooling::kAverage : TopPooling::kNone;
}

// Reads a file, names it in the errors of `work` too.
template <typename Work>
auto with_model(const std::string& path, const Work& work) {
  const cnn::Network model = codec::load_network(path);
  try {
    return work(model);
  } catch (const Error& error) {
    throw Error(ErrorKind::kInvalid, error.what()).with_context(path);  // not the command line
  }
}

// New weights get the bits of the classifier that they stand in for; the features are binary.
Draft edge_draft(const cnn::Network& base, cnn::Network edge) {
  const cnn::Layer& classifier = base.layer(base.find("separable_14"));
  const auto& convolution = std::get<cnn::SeparableConv2D>(classifier.parameters);
  if (!convolution.pointwise_quantizer) {
    fail(ErrorKind::kInvalid, "the base model is not quantized: '{}' has float weights",
         classifier.name);
  }
  const bool slashes = base.layers().front().name == "input";  // names of definition 1.1.9
  return {std::move(edge),
          {.layer_bits = {{"spike_generator", convolution.pointwise_quantizer->bits},
                          {slashes ? "spike_generator/relu" : "spike_generator_relu", 1},
                          {"classification_layer", 2}}}};
}

Architecture mobilenet() {
  return {.name = "mobilenet_imagenet",
          .purpose = "MobileNet V1 for ImageNet",
          .definitions = {Definition::kSeed},
          .arguments = {shape("224,224,3", 32), alpha(), dropout(), include_top(),
                        pooling("Without top: end with a global average"), classes("1000"),
                        flag("use_stride2", "false", "Convolutions of stride 2, no max pooling"),
                        weight_bits(), activation_bits(), input_weight_bits()},
          .make = [](const ArgumentReader& arguments, Definition) {
            return draft(
                mobilenet_imagenet({.input_shape = arguments.shape("input_shape"),
                                    .alpha = arguments.number("alpha"),
                                    .dropout = static_cast<float>(arguments.number("dropout")),
                                    .include_top = arguments.flag("include_top"),
                                    .pooling = pooling_of(arguments),
                                    .classes = arguments.integer("classes"),
                                    .use_stride2 = arguments.flag("use_stride2")}),
                arguments);
          }};
}

Architecture mobilenet_edge() {
  return {.name = "mobilenet_edge_imagenet",
          .purpose = "MobileNet with a binary feature layer for learning at the edge",
          .definitions = {Definition::kSeed},
          .arguments = {base_model("Quantized mobilenet_imagenet with top, whose weights are kept"),
                        classes("1000")},
          .make = [](const ArgumentReader& arguments, Definition) {
            return with_model(arguments.text("base_model"), [&](const cnn::Network& base) {
              return edge_draft(base, mobilenet_edge_imagenet(base, arguments.integer("classes")));
            });
          }};
}

Architecture cifar10(const char* name, const char* purpose,
                     Draft (*make)(const ArgumentReader&, Definition)) {
  return {.name = name,
          .purpose = purpose,
          .definitions = {Definition::kSeed},
          .arguments = {shape("32,32,3", 8), classes("10"), weight_bits(), activation_bits(),
                        input_weight_bits()},
          .make = make};
}

ImageOptions image_options(const ArgumentReader& arguments) {
  return {arguments.shape("input_shape"), arguments.integer("classes")};
}

Architecture kws() {
  return {.name = "ds_cnn_kws",
          .purpose = "Depthwise separable network for keyword spotting",
          .definitions = {Definition::kSeed, Definition::k119},
          .arguments = {shape("49,10,1", 2), classes("33"), include_top(), weight_bits(),
                        activation_bits(true), input_weight_bits(),
                        bits("last_layer_activ_quantization", "", true,
                             "Bits of the last activations; default: as the others")},
          .make = [](const ArgumentReader& arguments, Definition definition) {
            Draft kws = draft(ds_cnn_kws({.input_shape = arguments.shape("input_shape"),
                                          .classes = arguments.integer("classes"),
                                          .include_top = arguments.flag("include_top"),
                                          .definition = definition}),
                              arguments);
            const std::int32_t others = arguments.integer("activ_quantization");
            const std::int32_t last = bits_of(arguments, "last_layer_activ_quantization", others);
            if (last != others) {
              const bool seed = definition == Definition::kSeed;
              kws.quantization.layer_bits[seed ? "separable_6_relu" : "separable_4/relu"] = last;
            }
            return kws;
          }};
}

Architecture vgg11() {
  return {.name = "vgg_imagenet",
          .purpose = "VGG11 with a quarter of the filters for ImageNet",
          .definitions = {Definition::kSeed},
          .arguments = {shape("224,224,3", 32), classes("1000"), include_top(),
                        pooling("Global average in place of the last max pooling"), weight_bits(),
                        activation_bits(), input_weight_bits()},
          .make = [](const ArgumentReader& arguments, Definition) {
            return draft(vgg_imagenet({.input_shape = arguments.shape("input_shape"),
                                       .classes = arguments.integer("classes"),
                                       .include_top = arguments.flag("include_top"),
                                       .pooling = pooling_of(arguments)}),
                         arguments);
          }};
}

Architecture utk_face() {
  return {
      .name = "vgg_utk_face",
      .purpose = "VGG-like network that estimates ages, for UTKFace",
      .definitions = {Definition::kSeed},
      .arguments = {shape("32,32,3", 8), weight_bits(), activation_bits(true), input_weight_bits()},
      .make = [](const ArgumentReader& arguments, Definition) {
        return draft(vgg_utk_face(arguments.shape("input_shape")), arguments);
      }};
}

Architecture yolo() {
  Argument base = {.name = "base_weights",
                   .type = ArgumentType::kModel,
                   .help = "Network whose weights are taken over by layer names"};
  return {.name = "yolo_base",
          .purpose = "YOLOv2 detector on a MobileNet body (1.1.9: AkidaNet)",
          .definitions = {Definition::kSeed, Definition::k119},
          .arguments = {shape("224,224,3", 32), classes("1"),
                        count("nb_box", "5", "Anchor boxes per cell"), alpha(), dropout(),
                        weight_bits(), activation_bits(), input_weight_bits(), std::move(base)},
          .make =
              [](const ArgumentReader& arguments, Definition definition) {
                cnn::Network network =
                    yolo_base({.input_shape = arguments.shape("input_shape"),
                               .classes = arguments.integer("classes"),
                               .nb_box = arguments.integer("nb_box"),
                               .alpha = arguments.number("alpha"),
                               .dropout = static_cast<float>(arguments.number("dropout")),
                               .definition = definition});
                const std::string& base_weights = arguments.text("base_weights");
                if (!base_weights.empty()) {
                  with_model(base_weights,
                             [&](const cnn::Network& weights) { take_weights(network, weights); });
                }
                return draft(std::move(network), arguments);
              },
          .initialize = initialize_detection};
}

Architecture cwru() {
  return {.name = "convtiny_cwru",
          .purpose = "Small network for vibrations of bearings, for CWRU",
          .definitions = {Definition::kSeed, Definition::k119},
          .arguments = {},
          .make = [](const ArgumentReader&, Definition definition) {
            return Draft{convtiny_cwru(definition), {}};
          }};
}

// Without bits of their own for the first weights.
Draft dvs_draft(cnn::Network network, const ArgumentReader& arguments) {
  const std::int32_t weights = arguments.integer("weight_quantization");
  return {std::move(network),
          quantization(weights, arguments.integer("activ_quantization"), weights)};
}

Architecture dvs(const char* name, const char* purpose, Argument input_shape,
                 const char* default_classes, Draft (*make)(const ArgumentReader&, Definition)) {
  return {.name = name,
          .purpose = purpose,
          .definitions = {Definition::kSeed},
          .arguments = {std::move(input_shape), classes(default_classes), weight_bits(),
                        activation_bits()},
          .make = make};
}

Architecture pointnet() {
  return {
      .name = "pointnet_plus_modelnet40",
      .purpose = "PointNet++ for clouds of points, for ModelNet40",
      .definitions = {Definition::kSeed, Definition::k119},
      .arguments = {count("selected_points", "128", "Points of a sample"),
                    choice("features", "3", {"1", "3"}, "Features of a point"),
                    choice("knn_points", "64", {"4", "8", "16", "32", "64", "128", "256", "512"},
                           "Points of a local group"),
                    classes("40"), alpha(), weight_bits(), activation_bits()},
      .make = [](const ArgumentReader& arguments, Definition definition) {
        cnn::Network network =
            pointnet_plus_modelnet40({.selected_points = arguments.integer("selected_points"),
                                      .features = arguments.integer("features"),
                                      .knn_points = arguments.integer("knn_points"),
                                      .classes = arguments.integer("classes"),
                                      .alpha = arguments.number("alpha"),
                                      .definition = definition});
        const std::int32_t weights = arguments.integer("weight_quantization");
        const std::int32_t activations = arguments.integer("activ_quantization");
        // The first weights have 8 bits where anything is quantized.
        const std::int32_t input_weights = weights == 0 && activations == 0 ? 0 : 8;
        return Draft{std::move(network), quantization(weights, activations, input_weights)};
      }};
}

Architecture gxnor() {
  return {.name = "gxnor_mnist",
          .purpose = "GXNOR network with a further dense layer, for MNIST",
          .definitions = {Definition::kSeed, Definition::k119},
          .arguments = {weight_bits(), activation_bits(), input_weight_bits()},
          .make = [](const ArgumentReader& arguments, Definition definition) {
            return draft(gxnor_mnist(definition), arguments);
          }};
}

Architecture akidanet() {
  return {.name = "akidanet_imagenet",
          .purpose = "MobileNet with full convolutions at its start, for ImageNet",
          .definitions = {Definition::k119},
          .arguments = {shape("224,224,3", 32), alpha(), include_top(),
                        pooling("Without top: end with a global average"), classes("1000"),
                        weight_bits(), activation_bits(), input_weight_bits()},
          .make = [](const ArgumentReader& arguments, Definition) {
            return draft(akidanet_imagenet({.input_shape = arguments.shape("input_shape"),
                                            .alpha = arguments.number("alpha"),
                                            .include_top = arguments.flag("include_top"),
                                            .pooling = pooling_of(arguments),
                                            .classes = arguments.integer("classes")}),
                         arguments);
          }};
}

Architecture akidanet_edge() {
  return {.name = "akidanet_edge_imagenet",
          .purpose = "AkidaNet with a binary feature layer for learning at the edge",
          .definitions = {Definition::k119},
          .arguments = {base_model("Quantized akidanet_imagenet with top, whose weights are kept"),
                        classes("1000")},
          .make = [](const ArgumentReader& arguments, Definition) {
            return with_model(arguments.text("base_model"), [&](const cnn::Network& base) {
              return edge_draft(base, akidanet_edge_imagenet(base, arguments.integer("classes")));
            });
          }};
}

std::vector<Architecture> make_registry() {
  return {
      mobilenet(),
      mobilenet_edge(),
      cifar10("ds_cnn_cifar10", "Depthwise separable network for CIFAR-10",
              [](const ArgumentReader& arguments, Definition) {
                return draft(ds_cnn_cifar10(image_options(arguments)), arguments);
              }),
      kws(),
      cifar10("vgg_cifar10", "VGG-like network for CIFAR-10",
              [](const ArgumentReader& arguments, Definition) {
                return draft(vgg_cifar10(image_options(arguments)), arguments);
              }),
      vgg11(),
      utk_face(),
      yolo(),
      cwru(),
      dvs("convtiny_dvs_gesture", "Small network for gestures before an event camera",
          shape("64,64,10", 16), "10",
          [](const ArgumentReader& arguments, Definition) {
            return dvs_draft(convtiny_dvs_gesture(image_options(arguments)), arguments);
          }),
      dvs("convtiny_dvs_handy", "Small network for hands before an event camera",
          shape("120,160,2", 32), "9",
          [](const ArgumentReader& arguments, Definition) {
            return dvs_draft(convtiny_dvs_handy(image_options(arguments)), arguments);
          }),
      pointnet(),
      gxnor(),
      akidanet(),
      akidanet_edge(),
  };
}

}  // namespace

const std::vector<Architecture>& architectures() {
  static const std::vector<Architecture> registry = make_registry();
  return registry;
}

const Architecture& find_architecture(std::string_view name) {
  std::vector<std::string> names;
  for (const Architecture& architecture : architectures()) {
    if (architecture.name == name) return architecture;
    names.push_back(architecture.name);
  }
  fail(ErrorKind::kUsage, "unknown architecture '{}'{}; known: {}", name, nearest_hint(name, names),
       fmt::join(names, ", "));
}

const char* name_of(Definition definition) {
  return definition == Definition::kSeed ? "1.8" : "1.1.9";
}

Definition find_definition(const Architecture& architecture, std::string_view name) {
  std::vector<std::string> names;
  for (const Definition definition : architecture.definitions) {
    if (name == name_of(definition)) return definition;
    names.emplace_back(name_of(definition));
  }
  fail(ErrorKind::kUsage, "{} has no definition '{}'; it has: {}", architecture.name, name,
       fmt::join(names, ", "));
}

cnn::Network build_architecture(const Architecture& architecture, Definition definition,
                                const ArgumentValues& values, std::uint64_t seed) {
  Draft draft = architecture.make(ArgumentReader(architecture.arguments, values), definition);
  if (architecture.initialize != nullptr) architecture.initialize(draft.network, seed);
  cnn::initialize_zero_kernels(draft.network, seed);
  const quant::QuantizeOptions& bits = draft.quantization;
  if (!bits.weight_bits && bits.layer_bits.empty()) return std::move(draft.network);
  return quant::quantize(draft.network, bits);
}

}  // namespace akida::zoo
