// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/cli.h"

int main(int argc, char** argv) {
  return weir::run_cli(argc, argv);
}
