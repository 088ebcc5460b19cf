# Warnings, sanitizers, and the faster tools where the machine has them.
set(TARN_SANITIZE "" CACHE STRING "Sanitizers for the whole build: empty, address,undefined or thread")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these falsely on std::variant and std::expected (GCC bugs 105562, 105616, 107852).
  add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict -Wno-dangling-pointer)
else()
  # clang reports libstdc++ 12's own use of std::get_temporary_buffer, in std::stable_sort, as if it were ours.
  add_compile_options(-Wno-deprecated-declarations)
endif()

if(TARN_SANITIZE)
  add_compile_options(-fsanitize=${TARN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TARN_SANITIZE})
endif()

option(TARN_FUZZ "Build the fuzzers under tests/fuzz, and everything else with coverage for them (clang only)" OFF)
if(TARN_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "TARN_FUZZ needs clang: libFuzzer is part of it. Use the preset 'fuzz'.")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

# For tests alone. A program's main would bring its unoptimised copies of inline functions (strings, Asio's scheduler)
# before the modules' own, and the linker takes the first copy for the whole program.
set(TARN_FAST_COMPILE $<$<CONFIG:Release>:-O0>)

find_program(CCACHE ccache)
if(CCACHE)
  # What a file takes from a precompiled header is part of the key only if ccache is told so and the compiler helps:
  # clang by leaving the time out of it. What a file depends on the compiler says anyway; nothing is preprocessed first.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
