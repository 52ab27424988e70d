// Functions compiled for several instruction sets, one of which is chosen when the program starts.
// Not installed.
//
// For plain loops over arithmetic that IEEE 754 rounds: results are the same in every copy, since
// nothing is contracted (-ffp-contract=off) and no order of sums changes.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__) && \
    !defined(__SANITIZE_ADDRESS__)
#define AKIDA_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define AKIDA_VECTOR_CLONES
#endif
