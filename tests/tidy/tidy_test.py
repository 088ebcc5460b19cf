#!/usr/bin/env python3
"""Each rule of tools/tidy fires on the smallest bad tree, at the right line, and stays silent on its good twin."""

import contextlib
import importlib.machinery
import importlib.util
import io
import os
import subprocess
import sys
import tempfile
import unittest

TIDY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "tidy")
OPENING = "// What this is.\n// What it never does.\n#pragma once\n"


def load():
    """The tool as a module; a process of its own for each of the many small trees would take long."""
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("tidy", TIDY)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
    loader.exec_module(module)
    return module


TOOL = load()


def tidy(files):
    """Runs the tool over a tree made of `files` (path → text): its exit code and its lines."""
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(os.path.join(root, "src"))
        for path, text in files.items():
            whole = os.path.join(root, path)
            os.makedirs(os.path.dirname(whole), exist_ok=True)
            with open(whole, "w", encoding="utf-8") as stream:
                stream.write(text)
            if text.startswith("#!"):
                os.chmod(whole, 0o755)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = TOOL.main(root)
    return code, said.getvalue().splitlines()


class TidyTest(unittest.TestCase):
    def refuses(self, rule, path, text, line=1, saying=""):
        code, lines = tidy({path: text})
        self.assertEqual(code, 1, f"nothing found in {path}: {text!r}")
        self.assertEqual(len(lines), 1, lines)
        self.assertTrue(lines[0].startswith(f"{path}:{line}: {rule}: "), lines[0])
        self.assertIn(saying, lines[0])

    def accepts(self, path, text):
        self.assertEqual(tidy({path: text}), (0, []), f"{path}: {text!r}")


class Members(TidyTest):
    def test_none_is_assigned_from_another_of_its_object(self):
        self.refuses("members", "src/api/a.cc", '// A.\nvoid f() { shown["a"] = shown["b"] = 1; }\n', 2)
        self.refuses("members", "src/api/a.cc", '// A.\nvoid f() { shown["a"] = shown.at("b"); }\n', 2)

    def test_another_object_and_a_copy_are_fine(self):
        self.accepts("src/api/a.cc", '// A.\nvoid f() { shown["a"] = given["b"] = 1; }\n')
        self.accepts("src/api/a.cc", '// A.\nvoid f() { shown["a"] = json::value(shown.at("b")); }\n')
        self.accepts("src/api/a.cc", "// A.\nvoid f() { bytes[40] = bytes[41] = 0; }\n")


class Floors(TidyTest):
    def test_a_module_includes_itself_and_lower_floors(self):
        self.accepts("src/agent/a.cc", '#include "agent/b.h"\n#include "render/x.h"\n#include "base/result.h"\n')

    def test_a_higher_floor_is_refused(self):
        self.refuses("floors", "src/model/a.cc", '#include "base/x.h"\n#include "render/x.h"\n', 2, "floor 4")

    def test_another_module_of_the_same_floor_is_refused(self):
        self.refuses("floors", "src/store/a.cc", '#include "feed/x.h"\n')

    def test_pure_modules_do_not_see_rt(self):
        self.refuses("floors", "src/render/a.cc", '#include "rt/clock.h"\n', saying="pure")
        self.refuses("floors", "src/reconcile/diff.cc", '#include "rt/loop.h"\n', saying="pure")
        self.accepts("src/reconcile/machine.cc", '#include "rt/loop.h"\n')

    def test_an_include_must_name_its_module(self):
        self.refuses("floors", "src/api/a.cc", '#include "local.h"\n')
        self.refuses("floors", "src/api/a.cc", '#include "openssl/ssl.h"\n')
        self.accepts("src/feed/a.cc", '#include "tarn_feed.pb.h"\n#include <openssl/ssl.h>\n')

    def test_a_new_module_needs_a_floor(self):
        self.refuses("floors", "src/cellar/a.cc", "int a;\n", saying="no floor")


class Calls(TidyTest):
    BAD = ["auto t = time(nullptr);", "auto t = std::time(0);", "clock_gettime(CLOCK_REALTIME, &t);",
           "auto t = std::chrono::system_clock::now();", "using std::chrono::steady_clock;",
           "std::random_device device;", "int r = rand();", "std::mt19937 engine;", "sleep(1);", "usleep(10);",
           "std::this_thread::sleep_for(d);", "std::thread t;", "auto f = std::async(g);",
           "pthread_create(&t, 0, f, 0);", 'system("ls");', 'auto* p = popen("ls", "r");']

    def test_each_is_refused_in_the_product(self):
        for text in self.BAD:
            for path in ("src/agent/a.cc", "apps/tarn/main.cc"):
                with self.subTest(text=text, path=path):
                    self.refuses("calls", path, "\n" + text + "\n", 2)

    def test_each_door_is_open(self):
        self.accepts("src/rt/machine_clock.cc", "auto a = steady_clock::now();\nauto b = system_clock::now();\n")
        self.accepts("src/rt/thread_pool.cc", "std::thread t;\n")
        self.accepts("src/rt/choice.cc", "getrandom(&seed, sizeof seed, 0);\n")

    def test_tests_may_use_threads_but_not_wait_blindly(self):
        self.accepts("tests/rt/a.cc", "std::thread t;\n")
        self.refuses("calls", "tests/rt/a.cc", "std::this_thread::sleep_for(d);\n")
        self.accepts("tests/live/a.cc", "std::this_thread::sleep_for(d);\n")

    def test_names_that_only_look_alike_are_accepted(self):
        for text in ("machine.sleep();", "void sleep();", "std::this_thread::yield();", "auto t = clock().now();",
                     "Instant time() const;", "file_system(x);", "bool brand();", "// std::thread, sleep(1)",
                     'auto s = "system(ls) sleep(1)";', 'auto s = R"(rand() " )";'):
            with self.subTest(text=text):
                self.accepts("src/agent/a.cc", text + "\n")


class OrderAndVerbs(TidyTest):
    def test_hash_order_is_refused_where_it_can_be_seen(self):
        for text in ("std::unordered_map<int, int> m;", "std::unordered_set<int> s;", "absl::flat_hash_map<A, B> m;"):
            for module in ("model", "reconcile", "domain", "render", "wire"):
                with self.subTest(text=text, module=module):
                    self.refuses("order", f"src/{module}/a.cc", text + "\n")
        self.accepts("src/server/a.cc", "std::unordered_map<int, int> m;\n")

    def test_encoders_have_no_word_for_emptying_a_table(self):
        for text in ("void flush();", "int flows_flush;", "Bytes FlushAll();", "auto m = NFT_MSG_DELTABLE;",
                     "void delete_table();"):
            for module in ("wire", "host", "domain"):
                with self.subTest(text=text, module=module):
                    self.refuses("verbs", f"src/{module}/a.cc", text + "\n")
        self.accepts("src/store/a.cc", "void flush();\n")
        self.accepts("src/wire/a.cc", '// never flush\nauto text = "flush";\n')


class Words(TidyTest):
    def test_empty_names_are_refused(self):
        for text in ("class PortManager;", "void string_util();", "struct Impl;", "int helper_count;",
                     "class ImplDetail;", "int portUtils;"):
            with self.subTest(text=text):
                self.refuses("words", "src/agent/a.cc", text + "\n")
        self.refuses("words", "src/agent/port_manager.cc", "int a;\n")
        self.accepts("src/agent/a.cc", "struct ConntrackHelper;\nint conntrack_helpers;\n")

    def test_types_named_data_or_info_are_refused(self):
        self.refuses("words", "src/agent/a.cc", "struct PortInfo {};\n")
        self.refuses("words", "src/agent/a.cc", "class FlowData {};\n")
        self.accepts("src/agent/a.cc", "auto p = bytes.data();\n")

    def test_words_that_only_contain_them_are_accepted(self):
        self.accepts("src/agent/a.cc", "int simple, utility, managers_office, implied;\n")

    def test_unfinished_work_is_refused_even_in_comments(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            self.refuses("words", "src/agent/a.cc", f"int a;\n// {word}: later\n", 2)
        self.accepts("src/agent/a.cc", 'auto name = "/tmp/tarn-XXXXXX";\n')


class Paths(TidyTest):
    def test_one_machines_folders_are_refused_everywhere(self):
        for path in ("src/agent/a.cc", "docs/a.md", "tools/a.sh", "packaging/a.txt"):
            self.refuses("paths", path, "\nsee /" + "home/me/tarn\n" if path.endswith("md") else
                         "\n// /" + "work/tarn\n", 2)

    def test_paths_of_every_machine_are_accepted(self):
        self.accepts("docs/a.md", "/run/tarn, /usr/bin/python3, /var/lib/tarn, network/work/x, $DIR/home/x\n")


class Sizes(TidyTest):
    def test_a_file_ends_at_500_lines(self):
        self.accepts("src/agent/a.cc", "int a;\n" * 500)
        self.refuses("sizes", "src/agent/a.cc", "int a;\n" * 501, 501)

    def test_a_line_ends_at_120_characters(self):
        self.accepts("src/agent/a.cc", "// " + "→" * 117 + "\n")
        self.refuses("sizes", "src/agent/a.cc", "// " + "x" * 118 + "\n")


class Headers(TidyTest):
    def test_a_header_opens_with_two_lines_of_comment(self):
        self.accepts("src/agent/a.h", OPENING)
        self.refuses("header", "src/agent/a.h", "// One line.\n#pragma once\n")
        self.accepts("tests/agent/a.h", "// One line.\n#pragma once\n")
        self.refuses("header", "tests/agent/a.h", "#pragma once\n")

    def test_a_header_is_included_once(self):
        self.refuses("header", "src/agent/a.h", "// One.\n// Two.\nint a;\n", saying="#pragma once")


class Functions(TidyTest):
    @staticmethod
    def body(lines):
        return "  work();\n" * lines

    def test_a_function_ends_at_60_lines(self):
        self.accepts("src/agent/a.cc", "void f() {\n" + self.body(58) + "}\n")
        self.refuses("functions", "src/agent/a.cc", "int a;\n\nvoid f() {\n" + self.body(59) + "}\n", 3, "61 lines")

    def test_every_kind_of_function_is_measured(self):
        for head in ("void Port::f(int a) const {", "template <class T = std::vector<int>>\nT f(T t) {",
                     "Port::Port(int a) : a_{a}, b_(2) {", "[[nodiscard]] bool operator==(const A& a) {",
                     "TEST(Port, IsUp) {", "auto f() -> std::map<int, int> {", "int f(int a = 1) noexcept {"):
            with self.subTest(head=head):
                self.refuses("functions", "src/agent/a.cc", f"{head}\n{self.body(70)}}}\n")

    def test_methods_inside_classes_are_measured_one_by_one(self):
        method = "  void f() {\n" + self.body(40) + "  }\n"
        self.accepts("src/agent/a.cc", "namespace a {\nclass B : public C<int> {\n" + method * 4 + "};\n}\n")

    def test_a_lambda_counts_in_the_function_that_holds_it(self):
        inner = "  g([&] {\n" + self.body(28) + "  });\n"
        self.accepts("src/agent/a.cc", "void f() {\n" + inner + "}\n")
        self.refuses("functions", "src/agent/a.cc", "void f() {\n" + inner * 2 + "}\n")

    def test_tables_are_not_functions(self):
        rows = '  {"name", f(1)},\n' * 80
        self.accepts("src/agent/a.cc", "constexpr std::array rows = {\n" + rows + "};\n")
        self.accepts("src/agent/a.cc", "enum class Code : std::uint8_t {\n" + "  one,\n" * 80 + "};\n")

    def test_braces_in_text_do_not_mislead(self):
        text = 'auto a = "{";\nchar b = \'{\';\nint c = 1\'000;\nauto d = R"({ " {)";\n#define E {\n// {\n'
        self.accepts("src/agent/a.cc", text + ("void f() {\n" + self.body(40) + "}\n") * 3)

    def test_python_is_measured_too(self):
        self.refuses("functions", "tools/a", "#!/usr/bin/env python3\n\ndef f():\n" + "    g()\n" * 60, 3)


class Tool(TidyTest):
    def test_a_tree_without_src_is_no_tree(self):
        with tempfile.TemporaryDirectory() as root:
            run = subprocess.run([TIDY, root], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("holds no src/", run.stderr)

    def test_it_ends_with_code_1_and_one_line_for_each_violation(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "src", "agent"))
            with open(os.path.join(root, "src", "agent", "a.cc"), "w", encoding="utf-8") as stream:
                stream.write("std::thread a;\nstruct PortManager;\n")
            run = subprocess.run([TIDY, root], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertEqual([line.split(": ")[:2] for line in run.stdout.splitlines()],
                         [["src/agent/a.cc:1", "calls"], ["src/agent/a.cc:2", "words"]])

    def test_build_folders_are_not_looked_at(self):
        self.accepts("build/release/a.cc", "// TO" + "DO /" + "home/me\n")


if __name__ == "__main__":
    unittest.main(verbosity=1)
