// Errors that name the file they are about.
#pragma once

#include <string_view>

#include "base/error.h"

namespace akida::cli {

// What `work` returns; an Error it throws begins with "<context>: ", usually a file's name.
template <typename Work>
auto in_context(std::string_view context, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw error.with_context(context);
  }
}

}  // namespace akida::cli
