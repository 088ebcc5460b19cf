# The headers that nearly every file reads, read once, and the templates that they make compiled once: half of what a full
# build costs without. A file still includes what it uses; the preset "gcc" has no precompiled headers, so it sees when
# one does not.
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
set(TARN_COMMON_HEADERS <algorithm> <array> <charconv> <chrono> <compare> <cstdint> <deque> <expected> <filesystem>
    <fstream> <functional> <limits> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view>
    <system_error> <tuple> <utility> <variant> <vector> <boost/json.hpp>)
# Of what stands on the model: the cloud as a value, and what hosts are told of it.
set(TARN_MODEL_HEADERS ${PROJECT_SOURCE_DIR}/src/model/admit.h ${PROJECT_SOURCE_DIR}/src/model/codec.h
    ${PROJECT_SOURCE_DIR}/src/model/slice.h ${PROJECT_SOURCE_DIR}/src/model/snapshot.h)
# Of what stands on the agent: what is rendered, and the lanes of what there is.
set(TARN_AGENT_HEADERS ${PROJECT_SOURCE_DIR}/src/agent/brain.h)

# tarn_headers(tarn_headers <a> <b>) makes a set of precompiled headers; others take it by REUSE_FROM.
function(tarn_headers name)
  file(WRITE ${PROJECT_BINARY_DIR}/${name}.cc "")
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/${name}.cc)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

# tarn_below(result agent wire …): these modules, and all that they stand on.
function(tarn_below result)
  set(below "")
  foreach(module ${ARGN})
    get_property(more GLOBAL PROPERTY TARN_BELOW_${module}) # tarn_module sets it
    list(APPEND below ${more})
  endforeach()
  set(${result} ${below} PARENT_SCOPE)
endfunction()

# tarn_read_headers(target agent wire …): the set for a target that uses these modules. What stands below the model does
# not read it, nor the agent what stands below that.
function(tarn_read_headers target)
  tarn_below(below ${ARGN})
  set(set tarn_headers)
  foreach(floor model agent)
    if(floor IN_LIST below)
      set(set tarn_${floor}_headers)
    endif()
  endforeach()
  target_precompile_headers(${target} REUSE_FROM ${set})
endfunction()

# What changes what these headers say must be the same wherever they are read.
add_compile_definitions($<TARGET_PROPERTY:Boost::json,INTERFACE_COMPILE_DEFINITIONS>)

tarn_headers(tarn_headers ${TARN_COMMON_HEADERS})
tarn_headers(tarn_model_headers ${TARN_COMMON_HEADERS} ${TARN_MODEL_HEADERS})
tarn_headers(tarn_agent_headers ${TARN_COMMON_HEADERS} ${TARN_MODEL_HEADERS} ${TARN_AGENT_HEADERS})
tarn_headers(tarn_program_headers ${TARN_COMMON_HEADERS} ${TARN_MODEL_HEADERS} <CLI/CLI.hpp>)
target_link_libraries(tarn_program_headers PRIVATE CLI11::CLI11)
tarn_headers(tarn_test_headers ${TARN_COMMON_HEADERS} ${TARN_MODEL_HEADERS} <gtest/gtest.h> <gmock/gmock.h>)
target_link_libraries(tarn_test_headers PRIVATE GTest::gtest GTest::gmock)
target_compile_options(tarn_test_headers PRIVATE ${TARN_FAST_COMPILE})
