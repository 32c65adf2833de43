#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of tidy.py fires on a bad example, and stays silent on a good one."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy  # noqa: E402

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


def body(lines):
    return "int f(int a) {\n" + "  a += 1;\n" * (lines - 2) + "}\n"


# rule: [(path, text)] that each break it once or more
BAD = {
    "floors": [
        ("weir/hash/a.cc", '#include "weir/index/hamming/hamming_index.h"\n'),
        ("weir/media/a.cc", '#include "weir/hash/picture/pdq.h"\n'),
        ("weir/base/a.h", '#include "weir/match/match.h"\n'),
        ("server/rules/a.cc", '#include "weir/hash/picture/pdq.h"\n'),
        ("server/store/a.cc", '#include "server/exchange/lists.h"\n'),
        ("server/flow/a.cc", '#include "server/http/server.h"\n'),
        ("weir/hash/a.cc", '#include "pdq.h"\n'),
        ("weir/new_part/a.cc", "int a;\n"),
    ],
    "seams": [
        ("server/flow/a.cc", '#include "weir/media/picture/image.h"\n'),
        ("server/sandbox/a_test.cc", '#include "weir/media/picture/image.h"\n'),
        ("server/flow/a.cc", '#include "server/store/sqlite/sqlite_store.h"\n'),
        ("server/store/a.cc", '#include "server/store/sqlite/sqlite_store.h"\n'),
    ],
    "kept_headers": [
        ("weir/hash/a.cc", "#include <vips/vips.h>\n"),
        ("server/sandbox/a.cc", "#include <libavcodec/avcodec.h>\n"),
        ("weir/match/a.cc", "#include <hwy/highway.h>\n"),
        ("server/flow/a.cc", "#include <sqlite3.h>\n"),
        ("weir/base/a.cc", "#include <nlohmann/json.hpp>\n"),
    ],
    "pragma_once": [("weir/base/a.h", "int a();\n")],
    "banned_calls": [
        ("weir/base/a.cc", "void f(char* a, char* b) { strcpy(a, b); }\n"),
        ("apps/weir/a.cc", 'void f() { std::system("ls"); }\n'),
        ("apps/weir/a.cc", 'void f() { popen("ls", "r"); }\n'),
        ("weir/base/a.cc", "int f() { return rand(); }\n"),
        ("weir/base/a.cc", "int* f() { return new int(3); }\n"),
        ("weir/base/a.cc", "void f(int* a) { delete a; }\n"),
        ("weir/base/a.cc", "void f(std::thread t) { t.detach(); }\n"),
        ("weir/base/a.h", "using namespace std;\n"),
    ],
    "quiet_library": [
        ("weir/base/a.cc", "void f() { std::cout << 1; }\n"),
        ("server/flow/a.cc", 'void f() { std::printf("1"); }\n'),
    ],
    "test_names": [("weir/base/a.cc", "TEST(A, Holds) {}\n")],
    "function_lines": [
        ("weir/base/a.cc", body(61)),
        ("weir/base/a.cc", "namespace weir {\nclass A {\n" + body(61) + "};\n}\n"),
        ("weir/base/a_test.cc", "TEST(A,\n     Holds) {\n" + "  f();\n" * 60 + "}\n"),
        ("tools/a.py", "def f(a):\n" + "    a += 1\n" * 60),
    ],
    "licence_line": [("weir/base/a.cc", None), ("tools/a.sh", None), ("x/CMakeLists.txt", None)],
    "columns": [("weir/base/a.cc", "// " + "a " * 60 + "\n"), ("tools/a.sh", "x" * 101 + "\n")],
    "file_lines": [("weir/base/a.cc", "int a;\n" * 501)],
    "leftover_words": [
        ("weir/base/a.cc", "// " + "TO" + "DO: later\n"),
        ("README.md", "see " + "/wo" + "rk/main\n"),
        ("docs/a.md", "In this " + "session of work we changed it.\n"),
    ],
    "sizes": [
        ("docs/a.bin", "a\0b"),
        ("tests/corpus/a/b", "\0" * 70_000),
        ("docs/a.txt", "a" * 1_000_001),
    ],
    "readmes": [("weir/base/a.cc", ""), ("docs/formats/README.md", "line\n" * 16)],
    "nouns": [("weir/base/a16.h", "#pragma once\n")],
    "store_calls": [
        ("server/http/routes/a.cc", "int a = site.services.store.list_banks().size();\n"),
        ("apps/weir/a.cc", "int a = home->store().find_entry(b).id;\n"),
    ],
    "decisions": [
        ("docs/decisions/0001-long.md", "line\n" * 41),
        ("docs/decisions/first.md", "line\n"),
    ],
    "kind_names": [
        ("server/flow/a.cc", 'const char* f() { return "pdq"; }\n'),
        ("apps/weir/a.h", '#pragma once\ninline bool f(A a) { return a == "tmk"; }\n'),
    ],
    "type_names": [
        ("weir/hash/a.h", "namespace weir {\nstruct Twice {\n};\n}\n"),
        ("weir/hash/b.h", "namespace weir {\nenum class Twice : int { kOne };\n}\n"),
    ],
}
# What stands beside the bad examples of a rule.
BESIDE = {"kind_names": [("weir/signal/kinds.cc",
                          'KindRow a[]{KindRow{.kind = SignalKind::kPdq, .name = "pdq"},\n'
                          '            KindRow{.kind = SignalKind::kTmk,\n.name = "tmk"}};\n')],
          "type_names": [("weir/base/z.h",
                          "#pragma once\nnamespace weir {\nclass Twice final {\n};\n}\n")],
          # Sixteen, three of them with a source or a test: that is no more nouns.
          "nouns": [(f"weir/base/a{i}.h", "#pragma once\n") for i in range(16)]
          + [("weir/base/a1.cc", "int a;\n"), ("weir/base/a2-inl.h", "#pragma once\n"),
             ("weir/base/b_test.cc", "int a;\n")]}

GOOD = [
    ("weir/match/a.cc",
     '#include "weir/index/hamming/hamming_index.h"\n#include "weir/match/match.h"\n'),
    ("weir/hash/a-inl.h", "#include <hwy/highway.h>\n"),
    ("server/store/sqlite/a.cc", '#include <sqlite3.h>\n#include "server/store/store.h"\n'),
    ("server/flow/a_test.cc", '#include "server/store/sqlite/sqlite_store.h"\n'),
    ("apps/weir/a.cc", '#include "server/store/sqlite/sqlite_store.h"\n'),
    ("tests/a_test.cc", '#include "weir/media/picture/image.h"\n#include <nlohmann/json.hpp>\n'),
    ("server/http/routes/b.cc", "int a = find_bank(b, site.services.store).id;\n"),
    ("server/flow/a.cc", "int a = store.find_bank(b).id;\n"),
    ("weir/base/b.cc", "// never a new one; never delete it, nor strcpy(it)\n"),
    ("weir/base/c.cc", 'const char* f() { return "new delete system( std::cout"; }\n'),
    ("weir/base/d.cc", "struct A { A(const A&) = delete; };\nint big = 1'000'000;\n"),
    ("weir/base/e.cc", "std::unique_ptr<A> make() { return std::unique_ptr<A>(new A(1)); }\n"),
    ("weir/base/f.cc", "#include <new>\nvoid f(std::FILE* f) { std::fprintf(f, \"1\"); }\n"),
    ("server/store/a_contract.h", "TEST_P(A, Holds) {}\n"),
    ("weir/base/g.cc", body(60)),
    ("weir/base/h.cc", "// long: a table\n" + body(80)),
    ("weir/base/i.cc", "namespace weir {\n" + body(40) + body(40) + "}\n"),
    ("weir/base/k.h", "namespace weir {\nstruct A::Core {\n};\nstruct A;\n}\n"
                      "namespace weir::plain {\nstruct A {\n};\n}\n"),
    ("weir/base/j.cc", "const int kTable[] = {\n" + "  1,\n" * 80 + "};\n"),
]


def tree(path, text):
    """The one file, and a README in each folder above it."""
    spdx = SPDX if path.endswith((".cc", ".h")) else "# " + SPDX[3:]
    source = path.endswith((".cc", ".h", ".py", ".sh", ".txt"))
    text = "int a;\n" if text is None else (spdx if source else "") + text
    files = [tidy.File(path, text.encode())]
    folder = os.path.dirname(path)
    while folder:
        readme = folder + "/README.md"
        if readme != path:
            files.append(tidy.File(readme, b"# what it is\n"))
        folder = os.path.dirname(folder)
    return files


class Tidy(unittest.TestCase):
    def test_every_rule_fires_on_its_bad_examples(self):
        for rule, examples in BAD.items():
            for path, text in examples:
                with self.subTest(rule=rule, path=path, text=(text or "")[:60]):
                    files = tree(path, text)
                    for beside in BESIDE.get(rule, []):
                        files += tree(*beside)
                    if rule == "readmes":
                        files = files[:1]
                    self.assertIn(rule, {f.rule for f in tidy.check(files)})

    def test_every_rule_has_a_bad_example(self):
        rules = tidy.CPP_RULES + tidy.SOURCE_RULES + tidy.FILE_RULES + tidy.TREE_RULES
        self.assertEqual({rule.__name__ for rule in rules}, set(BAD))

    def test_good_examples_pass(self):
        for path, text in GOOD:
            with self.subTest(path=path):
                if path.endswith(".h"):
                    text = "#pragma once\n" + text
                self.assertEqual([], tidy.check(tree(path, text)))

    def test_what_stands_beside_a_bad_example_is_good(self):
        for rule, examples in BESIDE.items():
            files = [file for beside in examples for file in tree(*beside)]
            self.assertNotIn(rule, {f.rule for f in tidy.check(files)})

    def test_a_decision_number_is_used_once(self):
        files = tree("docs/decisions/0001-a.md", "a\n") + tree("docs/decisions/0001-b.md", "b\n")
        self.assertIn("decisions", {f.rule for f in tidy.check(files)})

    def test_the_floor_table_is_that_of_the_build(self):
        """Each weir_module line names a part of the table, so no folder escapes it."""
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        with open(os.path.join(root, "CMakeLists.txt"), encoding="utf-8") as lists:
            lines = [line for line in lists if line.startswith("weir_module(")]
        self.assertTrue(lines)
        for line in lines:
            self.assertIsNotNone(tidy.part_of(line[len("weir_module("):].split()[0].rstrip(")\n")))


if __name__ == "__main__":
    unittest.main()
