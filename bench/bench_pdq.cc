// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"

int main(int argc, char** argv) {
  weir::bench::Harness harness(argc, argv);
  return 0;
}
