#!/usr/bin/python3
"""project_rules - the rules of the tree that a compiler does not check, as TAP.

usage: project_rules.py ROOT

Every rule is a function that yields one line per fault, so that project_rules_test.py can show it a
tree with that fault. Direction of includes and homes of third-party headers: see README.md, "Layout".
"""

import pathlib
import re
import sys

# An include may point only to an earlier line; modules on one line never include each other.
LEVELS = [
    ["base"],
    ["tensor"],
    ["io"],
    ["snn", "cnn"],
    ["codec", "kernels", "metrics", "lower"],
    ["engine", "nn"],
    ["quant"],
    ["eval", "data", "hw", "convert", "prune", "zoo"],
    ["tools"],
]
LEVEL_OF = {module: level for level, modules in enumerate(LEVELS) for module in modules}

# Third-party headers and the only modules that may include them.
THIRD_PARTY = [
    (r"fmt/", set(LEVEL_OF)),
    (r"flatbuffers/|model_generated\.h", {"codec", "data"}),
    (r"aedat4_generated\.h", {"data"}),
    (r"yaml-cpp/", {"codec"}),
    (r"zstd", {"io"}),
    (r"omp\.h", {"base"}),
    (r"dnnl|oneapi/", {"nn"}),
    (r"hdf5|H5", {"convert"}),
    (r"onnx/|google/protobuf/", {"convert"}),
    (r"png|jerror|jpeglib|turbojpeg|sndfile|kissfft/|lz4|"
     r"pugixml|zlib|libxml/|expat", {"data"}),
    (r"archive", {"data", "convert"}),
    (r"curl/", {"zoo"}),
    (r"nlohmann/", {"codec", "convert", "data", "eval", "tools"}),
    (r"CLI/|spdlog/", {"tools"}),
    (r"catch2/", set()),
    (r"immintrin|x86intrin|arm_neon|cpuid", {"base", "kernels"}),
]

# C and POSIX headers; C++ ones have neither a dot nor a slash.
SYSTEM = re.compile(
    r"[a-z_0-9]+|sys/[a-z_]+\.h|asm/[a-z_]+\.h|linux/[a-z_]+\.h"
    r"|(errno|fcntl|pthread|sched|signal|termios|time|unistd)\.h"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")', re.M)

MAX_LINES = {"lib": 800, "tools": 800, "tests": 1200}
MAX_TOOL_MAIN_LINES = 150


def cpp_files(root, *folders):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".cpp", ".h", ".inc"):
                yield path


def read(path):
    return path.read_text(encoding="utf-8")


def include_faults(root):
    """Includes that point up or sideways, and third-party headers away from their home."""
    for path in cpp_files(root, "lib", "tools"):
        relative = path.relative_to(root)
        module = "tools" if relative.parts[0] == "tools" else relative.parts[1]
        if module not in LEVEL_OF:
            yield f"{relative}: module {module} is not in the list of levels"
            continue
        for angled, quoted in INCLUDE.findall(read(path)):
            fault = include_fault(module, angled or quoted, bool(quoted))
            if fault:
                yield f"{relative}: {fault}"


def include_fault(module, header, is_quoted):
    """Why `module` may not include `header`, or None."""
    for pattern, homes in THIRD_PARTY:
        if re.match(pattern, header):
            if module in homes:
                return None
            return f"{header} belongs only in {', '.join(sorted(homes)) or 'tests'}"
    if not is_quoted:
        return None if SYSTEM.fullmatch(header) else f"unknown header <{header}>"
    target = header.split("/")[0]
    if module == "tools" and target not in LEVEL_OF:
        return None  # tools/common and the tools' own folders
    if "/" not in header or target not in LEVEL_OF:
        return f'"{header}" is not written as "module/file.h"'
    if target == module or LEVEL_OF[target] < LEVEL_OF[module]:
        return None
    return f'"{header}" points up or sideways from {module}'


def name_faults(root):
    """File names that are not snake_case or exist twice."""
    seen = {}
    for path in cpp_files(root, "lib", "tools", "tests"):
        relative = path.relative_to(root)
        is_tool = relative.parts[0] == "tools" and path.stem.startswith("akida-")
        if not is_tool and not re.fullmatch(r"[a-z0-9_]+", path.stem):
            yield f"{relative}: file name is not snake_case"
        if path.name in seen:
            yield f"{relative}: same file name as {seen[path.name]}"
        seen[path.name] = relative


def size_faults(root):
    """Files longer than the house allows."""
    for path in cpp_files(root, *MAX_LINES):
        relative = path.relative_to(root)
        lines = read(path).count("\n")
        is_main = len(relative.parts) == 2 and relative.parts[0] == "tools"
        limit = MAX_TOOL_MAIN_LINES if is_main else MAX_LINES[relative.parts[0]]
        if lines > limit:
            yield f"{relative}: {lines} lines exceed {limit}"


def list_faults(root):
    """Sources, tests and manual pages that no meson.build names."""
    patterns = ["lib/**/*.cpp", "tools/**/*.cpp", "man/*.scd", "tests/**/*_test.cpp",
                "tests/**/*_test.py", "tests/**/*_test.sh", "tests/**/*.bats"]
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if not is_listed(path, root):
                yield f"{path.relative_to(root)}: no meson.build names it"


def is_listed(path, root):
    """True where a meson.build beside or above `path` quotes its name, whole or without ending."""
    stem = path.name.rsplit(".", 1)[0]
    names = {path.name, stem, stem.removesuffix("_test")}
    folder = path.parent
    while True:
        build = folder / "meson.build"
        if build.exists():
            code = re.sub(r"#.*", "", read(build))
            quoted = {text.rsplit("/", 1)[-1] for text in re.findall(r"'([^']*)'", code)}
            if names & quoted:
                return True
        if folder == root:
            return False
        folder = folder.parent


def man_faults(root):
    """Tools without a manual page or whose page lacks a section."""
    for tool in sorted((root / "tools").glob("akida-*.cpp")):
        page = root / "man" / f"{tool.stem}.1.scd"
        if not page.exists():
            yield f"man/{page.name}: missing"
            continue
        text = read(page)
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES"):
            if not re.search(rf"^# {section}$", text, re.M):
                yield f"man/{page.name}: no section {section}"


def text_faults(root):
    """Tabs, trailing blanks, missing last newlines in sources."""
    for path in cpp_files(root, "lib", "tools", "tests"):
        text = read(path)
        relative = path.relative_to(root)
        if "\t" in text:
            yield f"{relative}: contains a tab"
        if re.search(r"[ ]$", text, re.M):
            yield f"{relative}: blanks at a line's end"
        if text and not text.endswith("\n"):
            yield f"{relative}: no newline at the end"


RULES = [include_faults, name_faults, size_faults, list_faults, man_faults, text_faults]


def main():
    if len(sys.argv) != 2:
        print("usage: project_rules.py ROOT", file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[1]).resolve()
    print(f"1..{len(RULES)}")
    failed = False
    for number, rule in enumerate(RULES, 1):
        faults = list(rule(root))
        failed = failed or bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - no {rule.__name__}: {rule.__doc__}")
        for fault in faults:
            print(f"# {fault}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
