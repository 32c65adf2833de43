#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The house rules that a program can check: floors, sizes, banned calls, what may lie in git.

    tools/tidy.py [ROOT]     prints path:line: rule: what is wrong; exit status 1 when there is any

Each rule is a function with the name of what it wants; tidy_test.py shows each of them firing.
A function that is long on purpose says so on the line above it: `// long: why`.
"""
import ast
import os
import re
import subprocess
import sys
from collections import namedtuple

Finding = namedtuple("Finding", "path line rule message")

# --- the floor table of docs/architecture.md ------------------------------------------------------

FLOORS = {
    "weir/base": 0,
    "weir/signal": 1,
    "weir/media": 2,
    "weir/hash": 2,
    "weir/index": 2,
    "weir/align": 2,
    "weir/match": 3,
    "server/rules": 4,
    "server/store": 5,
    "server/exchange": 5,
    "server/sandbox": 5,
    "server/flow": 6,
    "server/http": 7,
    "apps": 8,
}
ANYTHING = ("tests", "bench")  # may include every floor
ROOTS = ("weir/", "server/", "apps/", "bench/", "tests/")

# Headers from outside that one part keeps to itself: (start of the header, who may include it).
KEPT = [
    (("libavformat/", "libavcodec/", "libavutil/", "libswscale/", "vips/", "jpeglib.h",
      "turbojpeg.h", "webp/", "libheif/", "jxl/"), ("weir/media",)),
    (("hwy/",), ("weir/hash", "weir/index", "weir/align")),
    (("sqlite3.h",), ("server/store/sqlite",)),
    (("seccomp.h", "linux/landlock.h"), ("server/sandbox",)),
    (("boost/",), ("server/http",)),
    (("CLI/", "toml++/", "spdlog/"), ("apps",)),
    (("nlohmann/", "simdjson.h"), ("server", "apps")),
]

# --- other limits ---------------------------------------------------------------------------------

COLUMNS = 100
FUNCTION_LINES = 60
FILE_LINES = 500
README_LINES = 15
FOLDER_NOUNS = 16
DECISION_LINES = 40
FILE_BYTES = 1_000_000
BINARY_BYTES = 64 * 1024
BINARY_FOLDERS = ("tests/corpus/", "tests/golden/")

BANNED = [
    (re.compile(r"\b(?:strcpy|strcat|v?sprintf|gets|tmpnam)\s*\("), "writes without a bound"),
    (re.compile(r"\b(?:system|popen)\s*\("), "hands a string to a shell"),
    (re.compile(r"\bs?rand\s*\("), "not a seeded generator; use <random>"),
    (re.compile(r"(?<!operator )\bnew\b(?!\s*\()"), "raw new; make_unique or a container owns"),
    (re.compile(r"(?<!operator )(?<!= )\bdelete\b"), "raw delete; an owner frees"),
    (re.compile(r"[.>]detach\s*\(\s*\)"), "a thread nobody joins; std::jthread"),
]
# make_unique cannot reach a private constructor; `unique_ptr<T> t(new T(...))` owns at once.
OWNED_NEW = re.compile(r"\b(?:unique_ptr<[^;]*>(?:\s+\w+)?|reset)\s*\(\s*new\b")
STORE_CALL = re.compile(r"\bstore(?:\(\))?\s*(?:\.|->)\s*\w+\s*\(")
CONSOLE = re.compile(r"\bstd::(?:cout|cerr|clog)\b|(?<![\w.>])(?:std::)?v?printf\s*\(")

CODE = (".cc", ".h")
SCRIPTS = (".py", ".sh", ".cmake", "CMakeLists.txt")
NAMELESS_SCRIPTS = ("run", ".ci/run")


class File:
    """A file: its path from the root, its bytes and lines, its C++ without comments and strings."""

    def __init__(self, path, content):
        self.path = path
        self.folder = os.path.dirname(path)
        self.content = content
        self.binary = b"\0" in content[:8192]
        self.lines = [] if self.binary else content.decode("utf-8", "replace").split("\n")
        if self.lines and self.lines[-1] == "":
            self.lines.pop()
        self.is_cpp = path.endswith(CODE)
        self.is_source = self.is_cpp or path.endswith(SCRIPTS) or path in NAMELESS_SCRIPTS
        self.is_test = path.endswith(("_test.cc", "_contract.h")) or "_for_test." in path
        self.code = code_only(self.lines) if self.is_cpp else []

    def finding(self, line, rule, message):
        return Finding(self.path, line, rule, message)


TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/              # comments
      |R"([^(\s]*)\(.*?\)\1"           # raw strings
      |"(?:\\.|[^"\\\n])*"
      |(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'  # characters, not the marks in 1'000""",
    re.DOTALL | re.VERBOSE)


def code_only(lines):
    """The lines of a C++ file with comments gone and literals empty; as many lines as before."""
    def blank(match):
        token = match.group(0)
        newlines = "\n" * token.count("\n")
        return newlines if token.startswith("/") else '""' + newlines
    return TOKENS.sub(blank, "\n".join(lines)).split("\n")


# --- rules over includes --------------------------------------------------------------------------

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def includes(file):
    """(line number, is it "quoted", the path) of each include."""
    for number, line in enumerate(file.lines, 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def part_of(path):
    """The row of FLOORS that a path stands in, or None."""
    for part in FLOORS:
        if path == part or path.startswith(part + "/"):
            return part
    return None


def floors(file):
    """A file includes lower floors and its own part only."""
    if file.path.startswith(tuple(f + "/" for f in ANYTHING)):
        return
    own = part_of(file.path)
    if own is None:
        yield file.finding(1, "floors", f"{file.folder or 'the root'} is not in the floor table")
        return
    for number, quoted, path in includes(file):
        other = part_of(path) if quoted else None
        if not quoted or other == own:
            continue
        if not path.startswith(ROOTS):
            yield file.finding(number, "floors", f'"{path}" does not start at the root')
        elif other is None or FLOORS[other] >= FLOORS[own]:
            yield file.finding(number, "floors",
                               f"{own} (floor {FLOORS[own]}) may not include {path}")
        elif own == "server/rules" and other not in ("weir/base", "weir/signal", "weir/match"):
            yield file.finding(number, "floors", "rules see weir/base, signal and match only")


def seams(file):
    """Two cuts that floors do not show: no decoding in the server, and one way into the store."""
    if not file.path.startswith(("weir/", "server/")):
        return
    for number, quoted, path in includes(file):
        if not quoted:
            continue
        if file.path.startswith("server/") and path.startswith("weir/media/"):
            yield file.finding(number, "seams", "weir-decode decodes foreign bytes, not server/")
        if (path.startswith("server/store/sqlite/") and not file.is_test
                and not file.path.startswith("server/store/sqlite/")):
            yield file.finding(number, "seams", "only apps choose a store; include store.h")


def kept_headers(file):
    """A library from outside is spoken to in one place."""
    if file.path.startswith(tuple(f + "/" for f in ANYTHING)):
        return
    for number, _, path in includes(file):
        for starts, owners in KEPT:
            owned = file.path.startswith(tuple(o + "/" for o in owners))
            if path.startswith(starts) and not owned:
                yield file.finding(number, "kept_headers", f"<{path}> is for {', '.join(owners)}")


# --- rules over C++ -------------------------------------------------------------------------------


def pragma_once(file):
    per_target = file.path.endswith("-inl.h")  # Highway includes these once for each target
    if file.path.endswith(".h") and not per_target and "#pragma once" not in file.lines:
        yield file.finding(1, "pragma_once", "a header starts with #pragma once")


def banned_calls(file):
    for number, line in enumerate(file.code, 1):
        if line.startswith("#"):
            continue
        for pattern, why in BANNED:
            call = pattern.search(line)
            # GoogleTest takes its environments as raw pointers.
            owned = "raw new" in why and (file.is_test or OWNED_NEW.search(line))
            if call and not owned:
                yield file.finding(number, "banned_calls", f"{call.group(0)}: {why}")
        if file.path.endswith(".h") and re.match(r"\s*using namespace\b", line):
            yield file.finding(number, "banned_calls", "using namespace in a header")


def store_calls(file):
    """Use cases speak to the store; what asks over HTTP or on the command line calls use cases."""
    if not file.path.startswith(("server/http/", "apps/weir/")) or file.is_test:
        return
    for number, line in enumerate(file.code, 1):
        if STORE_CALL.search(line):
            yield file.finding(number, "store_calls", "a use case of server/flow does that")


def quiet_library(file):
    """The library and the server print nothing; programs do."""
    quiet = file.path.startswith(("weir/", "server/"))
    if not quiet or file.is_test or file.path.endswith("_fuzz.cc"):
        return
    for number, line in enumerate(file.code, 1):
        if CONSOLE.search(line):
            yield file.finding(number, "quiet_library", "only apps/ writes to the terminal")


def test_names(file):
    if file.path.startswith(ANYTHING) or file.is_test:
        return
    for number, line in enumerate(file.code, 1):
        if re.match(r"\s*(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\s*\(", line):
            yield file.finding(number, "test_names", "tests are in *_test.cc or *_contract.h")
            return


NOT_FUNCTION = re.compile(r"^\s*(?:namespace|class|struct|enum|union|extern)\b|=\s*$")
NAMESPACE_LIKE = re.compile(r"^\s*(?:(?:inline )?namespace|class|struct|union|extern|template)\b")


def functions_of(code):
    """(first line, last line) of each function at namespace or class level, counted by braces.

    Good enough for code that clang-format laid out: what stands between the last ; { or } and a
    brace tells what the brace opens.
    """
    head, head_line, stack = "", 1, []
    for number, line in enumerate(code, 1):
        if line.lstrip().startswith("#"):
            continue
        for char in line + "\n":
            if char == "{":
                outer = all(kind == "scope" for kind, _ in stack)
                is_function = outer and ")" in head and not NOT_FUNCTION.search(head.strip())
                scope = outer and not is_function and NAMESPACE_LIKE.match(head.strip())
                kind = "function" if is_function else "scope" if scope else "block"
                stack.append((kind, head_line))
                head = ""
            elif char == "}":
                kind, first = stack.pop() if stack else ("block", number)
                if kind == "function":
                    yield first, number
                head = ""
            elif char == ";":
                head = ""
            else:
                if not head.strip():
                    head_line = number
                head += char


def function_lines(file):
    if file.is_cpp:
        spans = list(functions_of(file.code))
    elif file.path.endswith(".py"):
        tree = ast.parse(file.content)
        spans = [(node.lineno, node.end_lineno) for node in ast.walk(tree)
                 if isinstance(node, ast.FunctionDef)]
    else:
        return
    for first, last in spans:
        above = file.lines[first - 2] if first > 1 else ""
        if last - first + 1 > FUNCTION_LINES and not re.search(r"(//|#) long: \S", above):
            yield file.finding(
                first, "function_lines",
                f"{last - first + 1} lines; at most {FUNCTION_LINES}, or `// long: why` above")


# --- rules over every source and text -------------------------------------------------------------


def licence_line(file):
    first = file.lines[1:2] if file.lines and file.lines[0].startswith("#!") else file.lines[:1]
    if not first or not re.match(r"(//|#) SPDX-License-Identifier: Apache-2\.0$", first[0]):
        yield file.finding(1, "licence_line", "starts with SPDX-License-Identifier: Apache-2.0")


def columns(file):
    for number, line in enumerate(file.lines, 1):
        if len(line) > COLUMNS and not re.match(r"\s*(?://|#)?\s*https?://\S+$", line):
            yield file.finding(number, "columns", f"{len(line)} columns; at most {COLUMNS}")


def file_lines(file):
    if len(file.lines) > FILE_LINES:
        yield file.finding(FILE_LINES, "file_lines",
                           f"{len(file.lines)} lines; look for the second noun")


WORDS = [
    (re.compile(r"\b(?:FIXME|TODO|XXX)\b"), "do it, or write it down in docs/"),
    (re.compile(r"(?:^|[\s\"'`(=:])/(?:work|home|root)/"), "a path of one machine"),
    (re.compile(r"\b(?:this|last|next|previous) (?:session of work|conversation)\b", re.I),
     "the project speaks of itself alone"),
]


def leftover_words(file):
    if file.path.startswith("tools/tidy"):
        return  # names what it forbids
    for number, line in enumerate(file.lines, 1):
        for pattern, why in WORDS:
            if pattern.search(line):
                yield file.finding(number, "leftover_words",
                                   f"{pattern.search(line).group(0).strip()}: {why}")


# --- rules over the tree --------------------------------------------------------------------------


def sizes(file):
    if len(file.content) > FILE_BYTES:
        yield file.finding(1, "sizes", f"{len(file.content)} bytes; at most {FILE_BYTES}")
    if file.binary and not file.path.startswith(BINARY_FOLDERS):
        yield file.finding(1, "sizes", "a binary; those live in " + " and ".join(BINARY_FOLDERS))
    elif file.binary and len(file.content) > BINARY_BYTES:
        yield file.finding(1, "sizes",
                           f"a binary of {len(file.content)} bytes; at most {BINARY_BYTES}")


NOUN = re.compile(r"(?:_test|_fuzz|-inl)?\.(?:cc|h)$")


def nouns(files):
    """A folder of more things than one keeps in mind is two folders."""
    found = {}
    for file in files:
        if file.is_cpp and not file.is_test and file.path.startswith(("weir/", "server/", "apps/")):
            found.setdefault(file.folder, set()).add(NOUN.sub("", os.path.basename(file.path)))
    for folder, names in sorted(found.items()):
        if len(names) > FOLDER_NOUNS:
            yield Finding(folder, 1, "nouns", f"{len(names)} nouns; at most {FOLDER_NOUNS}")


def readmes(files):
    """Every folder says what it is, in few lines."""
    paths = {file.path: file for file in files}
    folders = set()
    for path in paths:
        folder = os.path.dirname(path)
        while folder and not folder.startswith((".", "tests/corpus/")):
            folders.add(folder)
            folder = os.path.dirname(folder)
    for folder in sorted(folders):
        readme = paths.get(folder + "/README.md")
        if readme is None:
            yield Finding(folder, 1, "readmes", "no README.md")
        elif len(readme.lines) > README_LINES:
            yield readme.finding(README_LINES, "readmes",
                                 f"{len(readme.lines)} lines; at most {README_LINES}")


def decisions(files):
    """docs/decisions/NNNN-name.md: short, each number once."""
    seen = {}
    for file in sorted(files, key=lambda f: f.path):
        if file.folder != "docs/decisions" or file.path.endswith("/README.md"):
            continue
        match = re.match(r"docs/decisions/(\d{4})-[a-z0-9-]+\.md$", file.path)
        if not match:
            yield file.finding(1, "decisions", "is named NNNN-name.md")
            continue
        if match.group(1) in seen:
            yield file.finding(1, "decisions", f"{seen[match.group(1)]} has this number")
        seen[match.group(1)] = file.path
        if len(file.lines) > DECISION_LINES:
            yield file.finding(DECISION_LINES, "decisions",
                               f"{len(file.lines)} lines; at most {DECISION_LINES}")


NAMESPACE = re.compile(r"^(?:inline )?namespace\s*([\w:]*)\s*\{")
TYPE = re.compile(r"^(?:struct|class|enum class|enum|union)\s+(?:alignas\([^)]*\)\s+)?(\w+)"
                  r"\s*(?:final\s*)?(?::(?!:)[^;{]*)?(?:\{|$)")


def types_of(file):
    """(line, namespace, name) of each type that a header defines at namespace level."""
    within = []
    for number, line in enumerate(file.code, 1):
        opened = NAMESPACE.match(line)
        if opened:
            within.append(opened.group(1) or f"({file.path})")
        elif line.startswith("}") and not line.startswith("};") and within:
            within.pop()
        found = TYPE.match(line)
        if found:
            yield number, "::".join(within), found.group(1)


def type_names(files):
    """Two types of one name in one namespace are one to the linker, whatever they hold."""
    seen = {}
    for file in files:
        if not file.path.endswith(".h"):
            continue
        for number, namespace, name in types_of(file):
            key = (namespace, name)
            if seen.setdefault(key, file.path) != file.path:
                yield file.finding(number, "type_names",
                                   f"{namespace}::{name} is a type of {seen[key]}, too")


KINDS = "weir/signal/kinds.cc"
KIND_ROW = re.compile(r'KindRow\{\.kind = SignalKind::\w+,\s*\.name = "(\w+)"')


def kind_names(files):
    """A kind of signal is named in the table; elsewhere name_of() says it."""
    table = next((file for file in files if file.path == KINDS), None)
    names = KIND_ROW.findall("\n".join(table.lines)) if table else []
    if not names:
        return
    literal = re.compile('"(' + "|".join(names) + ')"')
    for file in files:
        own = file.path.startswith(("weir/signal/",) + tuple(f + "/" for f in ANYTHING))
        if not file.is_cpp or file.is_test or own:
            continue
        for number, line in enumerate(file.lines, 1):
            named = literal.search(line.split("//")[0])
            if named:
                yield file.finding(number, "kind_names",
                                   f"{named.group(0)} stands in {KINDS}; name_of() says it")


CPP_RULES = [floors, seams, kept_headers, pragma_once, banned_calls, quiet_library, test_names,
             store_calls]
SOURCE_RULES = [licence_line, columns, file_lines, function_lines]
FILE_RULES = [leftover_words, sizes]
TREE_RULES = [readmes, nouns, decisions, type_names, kind_names]


def check(files):
    """Every finding of every rule over a list of File."""
    found = []
    for file in files:
        rules = list(FILE_RULES)
        if file.is_source:
            rules += SOURCE_RULES
        if file.is_cpp:
            rules += CPP_RULES
        for rule in rules:
            found.extend(rule(file))
    for rule in TREE_RULES:
        found.extend(rule(files))
    return sorted(found)


def paths_of(root):
    """What git has or would take; without git, what lies there outside build/."""
    try:
        out = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, check=True).stdout
        return sorted(p for p in out.decode().split("\0") if p)
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if f not in ("build", ".git", ".cache", "__pycache__")]
            found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
        return sorted(found)


def main():
    default = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    root = sys.argv[1] if len(sys.argv) > 1 else default
    files = []
    for path in paths_of(root):
        full = os.path.join(root, path)
        if os.path.isfile(full) and not os.path.islink(full):
            with open(full, "rb") as source:
                files.append(File(path, source.read()))
    found = check(files)
    for finding in found:
        print(f"{finding.path}:{finding.line}: {finding.rule}: {finding.message}")
    print(f"{len(files)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
