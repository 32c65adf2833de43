# SPDX-License-Identifier: Apache-2.0
#
# weir_module(FOLDER [ROOMS FOLDER...] [NEEDS FOLDER...] [USES TARGET...] [TOGETHER N [APART]]
#             [COLD] [HOT])
#
# One folder, with those of its own folders that are named as rooms, one static library; the suffix
# of a file says what it is:
#   *_test.cc   the folder's GoogleTest program, registered with CTest
#   *_fuzz.cc   a libFuzzer program in the fuzz preset; elsewhere a test: replays tests/corpus/NAME
#   main.cc     left to weir_program()
#   the rest    the library
# NEEDS names other folders of the project, USES names targets from outside. TOGETHER compiles N
# files of the library at once where WEIR_TOGETHER is on, since headers take longer to read than
# most code takes to compile: names in anonymous namespaces must then differ within the library, or
# with APART, which joins no files of two rooms, within a room. COLD says that no time is spent
# there when it runs: it is optimised less, and compiles in two thirds of the time. HOT says that
# most time is spent there: containers of the standard library are not checked at each access.

function(weir_module folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COLD;HOT;APART" "TOGETHER" "ROOMS;NEEDS;USES")
  string(REPLACE "/" "_" target ${folder})
  set(places ${folder}/*.cc)
  foreach(room IN LISTS arg_ROOMS)
    list(APPEND places ${folder}/${room}/*.cc)
  endforeach()
  file(GLOB all CONFIGURE_DEPENDS ${places})
  set(tests ${all})
  set(fuzzers ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|/main)\\.cc$")
  set(needs)
  foreach(need IN LISTS arg_NEEDS)
    string(REPLACE "/" "_" need ${need})
    list(APPEND needs ${need})
  endforeach()

  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC weir_flags ${needs} ${arg_USES})
    if(arg_TOGETHER AND WEIR_TOGETHER)
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
      weir_groups(${arg_TOGETHER} ${arg_APART} ${sources})
      # Warns of hidden types in headers, which it takes the files to be.
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
    if(arg_HOT)
      target_compile_options(${target} PRIVATE -U_GLIBCXX_ASSERTIONS)
    endif()
    if(arg_COLD)
      target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE weir_flags ${needs} ${arg_USES})
  endif()

  if(tests AND NOT WEIR_FUZZ)
    add_executable(${target}_test ${tests})
    target_link_libraries(${target}_test PRIVATE ${target} rapidcheck GTest::gtest_main)
    # What a test does by itself is short, and compiles in two thirds of the time.
    target_compile_options(${target}_test PRIVATE $<$<CONFIG:Release>:-O1>)
    target_compile_definitions(
      ${target}_test PRIVATE WEIR_SOURCE_DIR="${PROJECT_SOURCE_DIR}" WEIR_BINARY_DIR="${WEIR_BIN}")
    add_test(NAME ${target} COMMAND ${target}_test)
    set_tests_properties(${target} PROPERTIES TIMEOUT 300 ENVIRONMENT
      LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks_of_libraries.txt)
  endif()

  foreach(fuzzer IN LISTS fuzzers)
    get_filename_component(name ${fuzzer} NAME_WE)
    if(WEIR_FUZZ)
      add_executable(${name} ${fuzzer})
      target_link_libraries(${name} PRIVATE ${target})
      target_link_options(${name} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    else()
      add_executable(${name}_replay ${fuzzer} ${PROJECT_SOURCE_DIR}/tests/fuzz_replay.cc)
      target_link_libraries(${name}_replay PRIVATE ${target})
      add_test(NAME ${name}_replay
               COMMAND ${name}_replay ${PROJECT_SOURCE_DIR}/tests/corpus/${name})
      set_tests_properties(${name}_replay PROPERTIES TIMEOUT 120)
    endif()
  endforeach()
endfunction()

# weir_groups(N APART FILE...): says which files are compiled at once, at most N; if APART, of one
# folder. A file that is compiled for several SIMD targets includes itself, and stays alone.
function(weir_groups size apart)
  foreach(source IN LISTS ARGN)
    file(STRINGS ${source} itself REGEX "foreach_target\\.h" LIMIT_COUNT 1)
    if(NOT itself)
      set(room files)
      if(apart)
        cmake_path(GET source PARENT_PATH room)
        cmake_path(GET room FILENAME room)
      endif()
      list(APPEND room_${room} ${source})
      list(LENGTH room_${room} count)
      math(EXPR group "(${count} - 1) / ${size}")
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${room}_${group})
    endif()
  endforeach()
endfunction()

# weir_program(NAME FOLDER [NEEDS FOLDER...]): FOLDER/main.cc becomes bin/NAME.
function(weir_program name folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "NEEDS")
  set(needs)
  foreach(need IN LISTS arg_NEEDS)
    string(REPLACE "/" "_" need ${need})
    list(APPEND needs ${need})
  endforeach()
  add_executable(${name} ${folder}/main.cc)
  target_link_libraries(${name} PRIVATE ${needs})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${WEIR_BIN})
  add_dependencies(programs ${name})
endfunction()
