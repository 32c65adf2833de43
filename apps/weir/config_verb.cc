// SPDX-License-Identifier: Apache-2.0
#include <toml++/toml.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/run/output.h"
#include "apps/weir/verbs.h"

namespace weir {

Result<int> config_verb(const Common& common) {
  std::string text = to_toml(TRY(load_config(common)));
  if (common.json) {
    std::ostringstream json;
    json << toml::json_formatter(toml::parse(text));
    text = Json::parse(json.str()).dump();
  } else {
    text.pop_back();  // print_line() ends the last line
  }
  return print_line(text) ? kExitDone : kExitNothing;
}

}  // namespace weir
