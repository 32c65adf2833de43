// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace weir::http {

// Files of this folder that the program carries inside itself.
std::string_view openapi_yaml();
std::string_view page_html();

}  // namespace weir::http
