// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weir/base/result.h"

namespace weir {

// What every verb is told.
struct Common {
  std::string home;
  std::string config;  // path of a TOML file; empty: weir.toml in the home, if there is one
  bool json = false;
  bool allow_unsandboxed = false;
  unsigned workers = 0;  // decoders; 0: as configured
};

// One function a verb. Each gives an exit status of cli.h, or the Error that kept it from running.

struct HashRequest {
  std::vector<std::string> paths;
  std::string tmk_folder;  // takes a .tmk file for each video; empty: none
};
Result<int> hash_verb(const Common& common, const HashRequest& request);

struct BankRequest {
  std::string action;  // create, list, show, retire, restore
  std::string name;
  std::string description;
  std::string kind = "known";
};
Result<int> bank_verb(const Common& common, const BankRequest& request);

struct AddRequest {
  std::string bank;
  std::vector<std::string> labels;  // K=V
  std::vector<std::string> paths;
};
Result<int> add_verb(const Common& common, const AddRequest& request);

struct ListRequest {
  std::string bank;
  std::string format;
  std::string kind;                // of a plain list; empty: told from the digits
  std::vector<std::string> files;  // "-": standard input or output; export: one or none
};
Result<int> import_verb(const Common& common, const ListRequest& request);
Result<int> export_verb(const Common& common, const ListRequest& request);

struct MatchRequest {
  std::vector<std::string> banks;
  std::string report;    // path of the HTML page; empty: none
  bool explain = false;  // each match says what its pixels were weighed by
  std::vector<std::string> paths;
};
Result<int> match_verb(const Common& common, const MatchRequest& request);

struct CompareRequest {
  std::string report;  // path of the HTML page; empty: none
  std::string a;
  std::string b;
};
Result<int> compare_verb(const Common& common, const CompareRequest& request);

struct ServeRequest {
  std::string listen;  // ADDRESS:PORT; empty: as configured
  std::string user;    // whom a server that root starts becomes; empty: as configured
};
Result<int> serve_verb(const Common& common, const ServeRequest& request);

Result<int> config_verb(const Common& common);

}  // namespace weir
