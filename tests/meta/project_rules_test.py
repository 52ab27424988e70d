#!/usr/bin/python3
"""Every rule of project_rules.py finds the fault it exists for, and passes a clean tree."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import project_rules as rules  # noqa: E402


class RuleTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.write("lib/io/meson.build", "akida_sources += files('stream.cpp')\n")
        self.write("lib/io/stream.cpp", '#include <zstd.h>\n#include "base/error.h"\n')

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def faults(self, rule):
        return list(rule(self.root))

    def test_a_clean_tree_has_no_faults(self):
        for rule in rules.RULES:
            self.assertEqual(self.faults(rule), [], rule.__name__)

    def test_an_include_that_points_up_is_found(self):
        self.write("lib/base/bad.h", '#include "io/stream.h"\n')
        self.assertEqual(len(self.faults(rules.include_faults)), 1)

    def test_an_include_between_siblings_is_found(self):
        self.write("lib/kernels/bad.h", '#include "codec/model_file.h"\n')
        self.assertEqual(len(self.faults(rules.include_faults)), 1)

    def test_a_third_party_header_away_from_home_is_found(self):
        self.write("lib/snn/bad.h", "#include <yaml-cpp/yaml.h>\n")
        self.write("tools/common/also_bad.h", "#include <zstd.h>\n")
        self.assertEqual(len(self.faults(rules.include_faults)), 2)

    def test_an_unknown_header_is_found(self):
        self.write("lib/snn/bad.h", "#include <boost/any.hpp>\n")
        self.assertEqual(len(self.faults(rules.include_faults)), 1)

    def test_a_module_without_a_level_is_found(self):
        self.write("lib/misc/bad.h", "\n")
        self.assertEqual(len(self.faults(rules.include_faults)), 1)

    def test_tools_may_include_everything_below_and_their_own(self):
        self.write("tools/akida-x.cpp", '#include <CLI/CLI.hpp>\n#include "common/tool_main.h"\n'
                   '#include "engine/engine.h"\n#include "x/verb.h"\n')
        self.assertEqual(self.faults(rules.include_faults), [])

    def test_a_file_name_used_twice_is_found(self):
        self.write("lib/codec/stream.cpp", "\n")
        self.assertEqual(len(self.faults(rules.name_faults)), 1)

    def test_a_file_name_in_camel_case_is_found(self):
        self.write("lib/codec/BadName.cpp", "\n")
        self.assertEqual(len(self.faults(rules.name_faults)), 1)

    def test_a_file_that_is_too_long_is_found(self):
        self.write("lib/io/long.cpp", "\n" * 801)
        self.write("tools/akida-long.cpp", "\n" * 151)
        self.assertEqual(len(self.faults(rules.size_faults)), 2)

    def test_a_forgotten_source_and_a_forgotten_test_are_found(self):
        self.write("lib/io/forgotten.cpp", "\n")
        self.write("tests/unit/io/stream_test.cpp", "\n")
        self.write("tests/cli/run.bats", "\n")
        self.write("tests/unit/meson.build", "unit_tests = {'io': ['stream']}\n")
        self.assertEqual(len(self.faults(rules.list_faults)), 2)

    def test_a_comment_in_a_build_file_lists_nothing(self):
        self.write("lib/io/forgotten.cpp", "\n")
        self.write("lib/io/meson.build", "# it's not 'forgotten.cpp'\nfiles('stream.cpp')\n")
        self.assertEqual(len(self.faults(rules.list_faults)), 1)

    def test_a_tool_without_a_complete_manual_page_is_found(self):
        self.write("tools/akida-one.cpp", "\n")
        self.write("tools/akida-two.cpp", "\n")
        self.write("man/akida-two.1.scd", "# NAME\n# SYNOPSIS\n# DESCRIPTION\n# EXAMPLES\n")
        self.assertEqual(self.faults(rules.man_faults),
                         ["man/akida-one.1.scd: missing", "man/akida-two.1.scd: no section EXIT STATUS"])

    def test_tabs_trailing_blanks_and_a_missing_newline_are_found(self):
        self.write("lib/io/a.h", "\tint a;\n")
        self.write("lib/io/b.h", "int b; \n")
        self.write("lib/io/c.h", "int c;")
        self.assertEqual(len(self.faults(rules.text_faults)), 3)


if __name__ == "__main__":
    unittest.main()
