# The headers that nearly every file reads, read once: a third of what a full build costs without. A file still includes
# what it uses; the preset "clang" has no precompiled headers, so it sees when one does not.
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON) # clang only
set(TARN_COMMON_HEADERS <algorithm> <array> <charconv> <chrono> <compare> <cstdint> <deque> <expected> <filesystem>
    <fstream> <functional> <limits> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view>
    <system_error> <tuple> <utility> <variant> <vector> <boost/json.hpp>)

# tarn_headers(tarn_headers <a> <b>) makes a set of precompiled headers; others take it by REUSE_FROM.
function(tarn_headers name)
  file(WRITE ${PROJECT_BINARY_DIR}/${name}.cc "")
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/${name}.cc)
  target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

# What changes what these headers say must be the same wherever they are read.
add_compile_definitions($<TARGET_PROPERTY:Boost::json,INTERFACE_COMPILE_DEFINITIONS>)

tarn_headers(tarn_headers ${TARN_COMMON_HEADERS})
tarn_headers(tarn_program_headers ${TARN_COMMON_HEADERS} <CLI/CLI.hpp>)
target_link_libraries(tarn_program_headers PRIVATE CLI11::CLI11)
tarn_headers(tarn_test_headers ${TARN_COMMON_HEADERS} <gtest/gtest.h> <gmock/gmock.h>)
target_link_libraries(tarn_test_headers PRIVATE GTest::gtest GTest::gmock)
target_compile_options(tarn_test_headers PRIVATE ${TARN_FAST_COMPILE})
