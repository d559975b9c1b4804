import unittest

import check_rooms
from tree import TreeTest


class CheckRooms(TreeTest):
    def setUp(self):
        super().setUp()
        self.borrow("docs/rooms.toml")

    def problems(self):
        return check_rooms.check(self.root)

    def test_arrows_that_point_down_pass(self):
        self.write("src/base/a.h", '#include <fmt/core.h>\n#include <sys/stat.h>\n#include <vector>\n')
        self.write("src/ir/b.h", '#include "base/a.h"\n#include "ir/c.h"\n')
        self.write("src/codec/json.cpp", '#include "codec/json.h"\n#include <nlohmann/json.hpp>\n')
        self.assertEqual(self.problems(), [])

    def test_an_arrow_that_points_up_fails(self):
        self.write("src/base/a.h", '#include "ir/graph.h"\n')
        self.assert_one(self.problems(), "src/base/a.h:1", "base may not include ir")

    def test_an_include_in_a_comment_is_no_arrow(self):
        self.write("src/base/a.h", '// #include "ir/graph.h"\n/*\n#include "ir/graph.h"\n*/\n')
        self.assertEqual(self.problems(), [])

    def test_a_file_outside_every_room_fails(self):
        self.write("src/shelf/a.h", "")
        self.write("src/b.cpp", "")
        self.assertEqual(len(self.problems()), 2)

    def test_a_quoted_include_without_room_fails(self):
        self.write("src/ir/a.cpp", '#include "graph.h"\n')
        self.assert_one(self.problems(), "no header of a room")

    def test_a_third_party_header_in_a_header_fails(self):
        self.write("src/codec/json.h", "#include <nlohmann/json.hpp>\n")
        self.assert_one(self.problems(), "may not include <nlohmann/json.hpp>")

    def test_the_allowed_headers_of_base_are_for_base_only(self):
        self.write("src/ir/a.h", "#include <fmt/core.h>\n")
        self.assert_one(self.problems(), "<fmt/core.h>")

    def test_an_inner_header_may_include_them_but_stays_inside(self):
        self.write("src/codec/tflite_options.h", "#include <flatbuffers/flatbuffers.h>\n")
        self.write("src/codec/tflite_read.cpp", '#include "codec/tflite_options.h"\n')
        self.assertEqual(self.problems(), [])
        self.write("src/codec/tflite.h", '#include "codec/tflite_options.h"\n')
        self.write("src/formats/tflite/read.cpp", '#include "codec/tflite_options.h"\n')
        problems = self.problems()
        self.assertEqual(len(problems), 2)
        self.assertIn("inner header", problems[0])

    def test_tests_may_use_the_support_of_tests(self):
        self.write("src/ir/a_test.cpp", '#include "tests/support.h"\n')
        self.assertEqual(self.problems(), [])
        self.write("src/ir/a.cpp", '#include "tests/support.h"\n')
        self.assert_one(self.problems(), "src/ir/a.cpp:1")

    def test_formats_do_not_know_one_another(self):
        self.write("src/formats/tfjs/read.cpp", '#include "formats/keras/read.h"\n#include "formats/open.h"\n')
        self.assertEqual(self.problems(), [])
        self.write("src/formats/onnx/read.cpp", '#include "formats/tflite/read.h"\n')
        self.assert_one(self.problems(), "formats/onnx may not include formats/tflite")

    def test_an_isa_file_reaches_c_headers_and_intrinsics_only(self):
        self.write("src/kernels/gemm/gemm.h", "#include <cstdint>\n")
        self.write("src/kernels/gemm/x86_avx2.cpp", '#include "kernels/gemm/gemm.h"\n#include <immintrin.h>\n')
        self.assertEqual(self.problems(), [])

    def test_an_isa_file_that_reaches_the_library_through_a_header_fails(self):
        self.write("src/kernels/gemm/gemm.h", "#include <vector>\n")
        self.write("src/kernels/gemm/x86_avx2.cpp", '#include "kernels/gemm/gemm.h"\n')
        self.assert_one(self.problems(), "x86_avx2.cpp", "<vector>", "gemm.h:1")

    def test_the_build_declares_no_arrow_of_its_own(self):
        self.write("CMakeLists.txt", "pestle_room(ir DEPENDS base)\npestle_program(pestle ROOM cli DEPENDS flows)\n")
        self.assertEqual(self.problems(), [])
        self.write("CMakeLists.txt", "pestle_room(base DEPENDS ir LINKS fmt::fmt)\n")
        self.assert_one(self.problems(), "base -> ir")

    def test_a_cycle_in_the_table_fails(self):
        self.write("docs/rooms.toml", '[rooms.a]\nuses = ["b"]\n[rooms.b]\nuses = ["a"]\n[isa]\nheaders = []\n')
        self.assert_one(self.problems(), "cycle")


if __name__ == "__main__":
    unittest.main()
