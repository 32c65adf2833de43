// SPDX-License-Identifier: Apache-2.0
//
// The assembler copies the files in; WEIR_HTTP_DIR comes from CMakeLists.txt, which also rebuilds
// this file when one of them changes.
#include "server/http/routes/embedded.h"

#define WEIR_EMBED(symbol, file)                             \
  __asm__(".pushsection .rodata\n" #symbol                   \
          "_begin:\n"                                        \
          ".incbin \"" WEIR_HTTP_DIR "/" file "\"\n" #symbol \
          "_end:\n"                                          \
          ".popsection\n");                                  \
  extern "C" __attribute__((visibility("hidden"))) const char symbol##_begin[], symbol##_end[]

WEIR_EMBED(weir_openapi_yaml, "openapi.yaml");
WEIR_EMBED(weir_page_html, "page.html");

namespace weir::http {

std::string_view openapi_yaml() {
  return {weir_openapi_yaml_begin,
          static_cast<size_t>(weir_openapi_yaml_end - weir_openapi_yaml_begin)};
}

std::string_view page_html() {
  return {weir_page_html_begin, static_cast<size_t>(weir_page_html_end - weir_page_html_begin)};
}

}  // namespace weir::http
