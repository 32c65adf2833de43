// SPDX-License-Identifier: Apache-2.0
#include "apps/decode/signals.h"
#include "server/sandbox/zygote.h"
#include "weir/media/picture/image.h"

int main(int argc, char** argv) {
  return weir::run_zygote(argc, argv,
                          {"weir-decode is started by weir to decode foreign files in a sandbox; "
                           "to hash files yourself use `weir hash`.",
                           weir::init_media, weir::compute_signals});
}
