// SPDX-License-Identifier: Apache-2.0
#pragma once

// Before a function: it is compiled twice, also for vectors of 256 bits, and the one that this
// processor can run is called. Both give the same results: neither joins a product with a sum.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WEIR_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WEIR_WIDE
#endif
