// akida-data imagenet-label INDEX... - the names of ImageNet's classes.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "akida-data/verbs.h"
#include "data/images/imagenet.h"

namespace akida::data_tool {

cli::Command imagenet_label_verb() {
  const auto indices = std::make_shared<std::vector<int>>();
  return {.name = "imagenet-label",
          .purpose = "Print the words of ImageNet's classes, one class a line.",
          .examples = "akida-data imagenet-label 0 281\n",
          .add_options =
              [indices](cli::CommandLine& line) {
                line.add_option("INDEX", *indices, "Number of a class")
                    .required()
                    .range(0, data::kImagenetClasses - 1);
              },
          .run =
              [indices] {
                std::string text;
                for (const int index : *indices) {
                  text.append(data::imagenet_label(index)).push_back('\n');
                }
                cli::print(text);
                return cli::kOk;
              }};
}

}  // namespace akida::data_tool
