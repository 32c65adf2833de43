// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "apps/weir/home.h"
#include "apps/weir/run/output.h"
#include "apps/weir/verbs.h"
#include "server/exchange/lists.h"

namespace weir {
namespace {

// What the parsed command line asks for.
struct Request {
  Common common;
  std::function<Result<int>()> verb;
};

CLI::App* add_verb_to(CLI::App& app, Request& request, const char* name, const char* help) {
  CLI::App* verb = app.add_subcommand(name, help);
  verb->add_flag("--json", request.common.json, "JSON Lines on standard output, nothing else");
  return verb;
}

void add_decoder_options(CLI::App* verb, Request& request) {
  verb->add_option("--workers", request.common.workers, "Decoder processes (default: one a core)")
      ->check(CLI::Range(1u, 256u));
  verb->add_flag("--allow-unsandboxed", request.common.allow_unsandboxed,
                 "Run although this kernel lacks a layer of the sandbox");
}

void define_hash(CLI::App& app, Request& request) {
  CLI::App* verb = add_verb_to(app, request, "hash", "Signals of files");
  add_decoder_options(verb, request);
  auto in = std::make_shared<HashRequest>();
  verb->add_option("--tmk-dir", in->tmk_folder, "Write DIR/NAME.tmk (TMK+PDQF) for each video")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
  verb->add_option("PATH", in->paths, "Files and folders")->required();
  verb->callback(
      [&request, in] { request.verb = [&request, in] { return hash_verb(request.common, *in); }; });
}

void define_bank(CLI::App& app, Request& request) {
  CLI::App* bank = app.add_subcommand("bank", "Named lists of known items");
  bank->require_subcommand(1);
  auto in = std::make_shared<BankRequest>();
  const auto action = [&](const char* name, const char* help, bool named) {
    CLI::App* verb = add_verb_to(*bank, request, name, help);
    if (named) verb->add_option("NAME", in->name, "Letters A-Z, digits and _")->required();
    verb->callback([&request, in, name] {
      in->action = name;
      request.verb = [&request, in] { return bank_verb(request.common, *in); };
    });
    return verb;
  };
  CLI::App* create = action("create", "Make an empty bank", true);
  create->add_option("--description", in->description, "What the bank is for");
  create->add_option("--kind", in->kind, "known, or benign: what rests on it alone is no match")
      ->capture_default_str();
  action("list", "All banks", false);
  action("show", "One bank", true);
  action("retire", "Keep the bank, match it no more", true);
  action("restore", "Match a retired bank again", true);
}

void define_add(CLI::App& app, Request& request) {
  CLI::App* verb = add_verb_to(app, request, "add", "Known media become entries of a bank");
  add_decoder_options(verb, request);
  auto in = std::make_shared<AddRequest>();
  verb->add_option("--bank", in->bank, "The bank")->required();
  verb->add_option("--label", in->labels, "K=V, on every entry; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  verb->add_option("PATH", in->paths, "Files and folders")->required();
  verb->callback(
      [&request, in] { request.verb = [&request, in] { return add_verb(request.common, *in); }; });
}

void define_lists(CLI::App& app, Request& request) {
  for (const bool import : {true, false}) {
    CLI::App* verb = add_verb_to(app, request, import ? "import" : "export",
                                 import ? "Hash lists of others become entries of a bank"
                                        : "The entries of a bank as a hash list");
    auto in = std::make_shared<ListRequest>();
    verb->add_option("--bank", in->bank, "The bank")->required();
    verb->add_option("--format", in->format, "plain, csv, jsonl, vpdq or tmk")->required();
    if (import) {
      verb->add_option("--kind", in->kind, "Kind of a plain list's hashes (default: by length)");
      verb->add_option("FILE", in->files, "The lists; - for standard input")->required();
    } else {
      verb->add_option("FILE", in->files,
                       "Where to; - or nothing for standard output; vpdq and tmk: or a folder")
          ->expected(0, 1);
    }
    verb->callback([&request, in, import] {
      request.verb = [&request, in, import] {
        return import ? import_verb(request.common, *in) : export_verb(request.common, *in);
      };
    });
  }
}

void define_match(CLI::App& app, Request& request) {
  CLI::App* verb = add_verb_to(app, request, "match", "Are these, or parts of them, known?");
  add_decoder_options(verb, request);
  auto in = std::make_shared<MatchRequest>();
  verb->add_option("--bank", in->banks, "Only these banks (default: all)")
      ->take_all()
      ->allow_extra_args(false);
  verb->add_option("--report", in->report, "Also write an HTML page with the pairs side by side");
  verb->add_flag("--explain", in->explain, "Say of each match what its pixels were weighed by");
  verb->add_option("PATH", in->paths, "Files and folders")->required();
  verb->callback([&request, in] {
    request.verb = [&request, in] { return match_verb(request.common, *in); };
  });

  CLI::App* compare =
      add_verb_to(app, request, "compare", "Every signal of two files, side by side");
  add_decoder_options(compare, request);
  auto pair = std::make_shared<CompareRequest>();
  compare->add_option("--report", pair->report,
                      "Also write an HTML page that shows what the two share");
  compare->add_option("A", pair->a, "A file")->required();
  compare->add_option("B", pair->b, "Another file")->required();
  compare->callback([&request, pair] {
    request.verb = [&request, pair] { return compare_verb(request.common, *pair); };
  });
}

void define_serve(CLI::App& app, Request& request) {
  CLI::App* verb = app.add_subcommand("serve", "HTTP API, until interrupted");
  add_decoder_options(verb, request);
  auto in = std::make_shared<ServeRequest>();
  verb->add_option("--listen", in->listen, "ADDRESS:PORT (default 127.0.0.1:8787)");
  verb->add_option("--user", in->user, "The user to become, where root starts the server");
  verb->callback([&request, in] {
    request.verb = [&request, in] { return serve_verb(request.common, *in); };
  });

  CLI::App* config = add_verb_to(app, request, "config", "The configuration in force");
  config->callback(
      [&request] { request.verb = [&request] { return config_verb(request.common); }; });
}

}  // namespace

int run_cli(int argc, char** argv) {
  CLI::App app(
      "Weir finds known terrorist and violent-extremist propaganda when it resurfaces.\n"
      "It looks at content, never at people; a match is a claim, and a person decides.",
      "weir");
  app.set_version_flag("--version", "weir " WEIR_VERSION);
  app.require_subcommand(1);
  Request request;
  request.common.home = default_home();
  app.add_option("--home", request.common.home, "Folder of database and snapshots")
      ->capture_default_str();
  app.add_option("--config", request.common.config, "TOML file (default: weir.toml in the home)");
  define_hash(app, request);
  define_bank(app, request);
  define_add(app, request);
  define_lists(app, request);
  define_match(app, request);
  define_serve(app, request);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitNothing;
  }
  const Result<int> status = request.verb();
  if (status) return *status;
  print_failure(request.common.json, status.error());
  return kExitNothing;
}

}  // namespace weir
