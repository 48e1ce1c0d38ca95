# Every test is a ctest test:
#   unit.*    C programs of tests/unit (cmocka), linked with libmine only
#   conformance.*   every algorithm, model kind and verb, by loops over the registry
#   sql.*     tests/sql/NAME.sql, its output compared with NAME.expected
#   docs.*    the SQL examples of README.md and docs/, output compared
#   recipes.* the demo database and the recipes of sql/
#   golden.*, differential.*   published results; scikit-learn and brute force
#   property.*    random tables, every verb against a computation in Python
#   bad_input.*   the catalogue: each call its sentence, nothing written
#   bench.*   what the benchmark must hold; it is not run
#   hosts.*   programs that load or embed the extension
#   fault.*, fuzz.*, trust.*   faults, hostile bytes, completeness (MineTrust.cmake)
# Exit code 77 means "skipped", and the test says why.
#
# Labels: `slow` compares results with other programs; `once` looks at the sources, at
# documents, at another process, or runs what other tests run too (under a sanitizer in the
# long checks).  The presets with a sanitizer leave both out.  COST (seconds, roughly) lets
# ctest begin with what takes longest.

set(runner ${PROJECT_SOURCE_DIR}/tests/run.py)
find_program(MINE_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(NOT MINE_PYTHON)
  find_program(MINE_PYTHON NAMES python3)
endif()
find_program(MINE_SQLITE NAMES sqlite3)
find_library(SQLITE3_LIBRARY sqlite3)

# The sanitizer's run-time library must be in the host process (sqlite3, python3)
# before the extension is loaded into it.
set(preload "")
if(MINE_SANITIZE MATCHES "address")
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so
    OUTPUT_VARIABLE preload OUTPUT_STRIP_TRAILING_WHITESPACE)
elseif(MINE_SANITIZE MATCHES "thread")
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libtsan.so
    OUTPUT_VARIABLE preload OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()

set(MINE_TEST_ENVIRONMENT
  "MINE_EXTENSION=${PROJECT_BINARY_DIR}/mine.so"
  "MINE_BUILD=${PROJECT_BINARY_DIR}"
  "MINE_SQLITE=${MINE_SQLITE}"
  "MINE_SQLITE_HEADER=${SQLITE3_INCLUDE_DIR}"
  "MINE_SQLITE_LIBRARY=${SQLITE3_LIBRARY}"
  "MINE_PRELOAD=${preload}"
  "MINE_PROGRESS=0")

function(mine_add_test name)
  cmake_parse_arguments(T "" "TIMEOUT;LABEL;COST" "COMMAND" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300) # no timing decides on a loaded machine
  endif()
  if(MINE_SANITIZE OR MINE_COVERAGE)
    math(EXPR T_TIMEOUT "${T_TIMEOUT} * 5")
  endif()
  add_test(NAME ${name} COMMAND ${T_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${T_TIMEOUT}
    ENVIRONMENT "${MINE_TEST_ENVIRONMENT}" LABELS "${T_LABEL}")
  if(T_COST)
    set_tests_properties(${name} PROPERTIES COST ${T_COST})
  endif()
endfunction()

# ---- unit tests ---------------------------------------------------------------

file(GLOB unit_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/test_*.c)
find_library(CMOCKA_LIBRARY cmocka)
# These compare numbers of threads.  A test's tables are too small for any, unless the
# clock says otherwise; and then there are more loops than OpenMP's barriers bear.
set(eager factors frame itemsets kmeans knn rules)
if(CMOCKA_LIBRARY)
  foreach(source ${unit_tests})
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "test_" "" topic ${name})
    set(engine mine_static)
    if(topic IN_LIST eager)
      set(engine mine_pthread)
    endif()
    add_executable(unit_${topic} ${source})
    target_link_libraries(unit_${topic} PRIVATE mine_flags ${engine} ${CMOCKA_LIBRARY})
    # cmocka's macros turn every condition into an unsigned number.
    target_compile_options(unit_${topic} PRIVATE -Wno-sign-conversion)
    mine_add_test(unit.${topic} COMMAND unit_${topic})
  endforeach()
  # As in the extension, with OpenBLAS: the object goes before the archive's.
  foreach(topic linalg factors)
    target_sources(unit_${topic} PRIVATE $<TARGET_OBJECTS:mine_linalg>)
    target_link_libraries(unit_${topic} PRIVATE mine_blas m)
  endforeach()
  if(MINE_BLAS STREQUAL "openblas")
    target_compile_definitions(unit_linalg PRIVATE MINE_OPENBLAS)
  endif()
  # On the extension's threads too, whatever libmine's are; there they are counted and
  # refused.
  foreach(topic parallel sameness)
    add_executable(unit_${topic}_pthread tests/unit/test_${topic}.c)
    target_compile_definitions(unit_${topic}_pthread PRIVATE MINE_COUNT_THREADS)
    target_link_libraries(unit_${topic}_pthread PRIVATE mine_flags mine_pthread ${CMOCKA_LIBRARY})
    target_compile_options(unit_${topic}_pthread PRIVATE -Wno-sign-conversion)
    target_link_options(unit_${topic}_pthread PRIVATE LINKER:--wrap=pthread_create)
    mine_add_test(unit.${topic}_pthread COMMAND unit_${topic}_pthread)
  endforeach()
  foreach(target ${eager} sameness sameness_pthread)
    target_sources(unit_${target} PRIVATE tests/unit/eager_clock.c)
    target_link_options(unit_${target} PRIVATE LINKER:--wrap=mine__clock)
  endforeach()
  # Every algorithm and kind of the registry, by a loop.
  add_executable(conformance tests/conformance/conformance.c tests/unit/eager_clock.c)
  target_link_libraries(conformance PRIVATE mine_flags mine_pthread ${CMOCKA_LIBRARY})
  target_compile_options(conformance PRIVATE -Wno-sign-conversion)
  target_link_options(conformance PRIVATE LINKER:--wrap=mine__clock LINKER:--wrap=mine__poll
    LINKER:--wrap=mine__poll_progress)
  mine_add_test(conformance.models COMMAND conformance)
  target_compile_definitions(unit_saved PRIVATE
    MINE_GOLDEN="${PROJECT_SOURCE_DIR}/tests/golden") # __FILE__ may be relative to the build
  # Threads and what they need, refused on demand.
  target_link_options(unit_stage PRIVATE LINKER:--wrap=pthread_create
    LINKER:--wrap=pthread_mutex_init LINKER:--wrap=pthread_cond_init)
elseif(unit_tests)
  message(WARNING "cmocka not found: unit tests are not built (apt-get install libcmocka-dev)")
endif()

# Rows of option tables that must not compile.
mine_add_test(unit.wrong_options LABEL once COMMAND ${CMAKE_COMMAND} -DCC=${CMAKE_C_COMPILER}
  -DROOT=${PROJECT_SOURCE_DIR} -P ${PROJECT_SOURCE_DIR}/tests/unit/wrong_options.cmake)

# Everything in one file (cmake/MineOne.cmake): no two files may use a name for themselves.
foreach(part engine extension)
  if(part STREQUAL "engine" OR TARGET mine)
    mine_add_test(one.${part} LABEL once COMMAND ${CMAKE_COMMAND} -DCC=${CMAKE_C_COMPILER}
      -DROOT=${PROJECT_SOURCE_DIR} -DPART=${part} -DOUT=${PROJECT_BINARY_DIR}/mine_one_${part}.c
      "-DFLAGS=-I${SQLITE3_INCLUDE_DIR}" -P ${PROJECT_SOURCE_DIR}/cmake/MineOne.cmake)
  endif()
endforeach()

if(NOT MINE_PYTHON)
  message(WARNING "python3 not found: only the unit tests are registered")
  return()
endif()

mine_add_test(format LABEL once COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tools/check_format.py)
mine_add_test(layers LABEL once COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tools/check_layers.py)
mine_add_test(openmp LABEL once COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tools/check_openmp.py)
mine_add_test(exports LABEL once COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/exports.py)

if(NOT TARGET mine)
  return()
endif()

# ---- SQL scripts, documents, recipes ---------------------------------------------

file(GLOB sql_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/sql/*.sql)
foreach(source ${sql_tests})
  get_filename_component(name ${source} NAME_WE)
  set(label)
  if(name MATCHES "^(auto|guesses)$") # long, and of code that others run under sanitizers
    set(label LABEL once)
  endif()
  mine_add_test(sql.${name} ${label} COMMAND ${MINE_PYTHON} ${runner} sql ${source})
endforeach()

# Documents and recipes share one generated pair of demo databases.
mine_add_test(demo.build COMMAND ${MINE_PYTHON} ${runner} demo)
set_tests_properties(demo.build PROPERTIES FIXTURES_SETUP demo)

# The generated pages say what this build says.
mine_add_test(docs.reference_is_current LABEL once
  COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tools/make_reference.py --check)

file(GLOB_RECURSE documents CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/README*.md ${PROJECT_SOURCE_DIR}/docs/*.md)
foreach(source ${documents})
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${source})
  if(NOT name MATCHES "^(build|node_modules)/")
    mine_add_test(docs.${name} LABEL once COMMAND ${MINE_PYTHON} ${runner} docs ${source})
    set_tests_properties(docs.${name} PROPERTIES FIXTURES_REQUIRED demo)
  endif()
endforeach()

file(GLOB recipes CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/recipes/test_*.py)
foreach(source ${recipes})
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE "test_" "" topic ${name})
  mine_add_test(recipes.${topic} TIMEOUT 300 LABEL once COST 15 COMMAND ${MINE_PYTHON} ${source})
  set_tests_properties(recipes.${topic} PROPERTIES FIXTURES_REQUIRED demo)
endforeach()

# ---- published results and other implementations ------------------------------------

foreach(kind golden differential bad_input)
  file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${kind}/test_*.py)
  foreach(source ${scripts})
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "test_" "" topic ${name})
    if(topic MATCHES "^(auto_clusters|choose_k)$")
      continue() # minutes each: tools/long_checks.sh peers
    endif()
    mine_add_test(${kind}.${topic} TIMEOUT 600 LABEL slow COST 10 COMMAND ${MINE_PYTHON} ${source})
  endforeach()
endforeach()

# Random tables, every verb against a computation of its own; a part of the cases under
# sanitizers, where the whole is left to `slow`.
mine_add_test(property.random TIMEOUT 1800 LABEL slow COST 50 COMMAND ${CMAKE_COMMAND} -E env MINE_PROPERTY_SHARE=0.3 ${MINE_PYTHON}
  ${PROJECT_SOURCE_DIR}/tests/property/test_property.py)
mine_add_test(property.few TIMEOUT 300 COMMAND ${CMAKE_COMMAND} -E env MINE_PROPERTY_SHARE=0.04
  ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/property/test_property.py)

# One value of each key: the long run has six.
set(values_argument 1)
mine_add_test(conformance.verbs COST 40 COMMAND ${MINE_PYTHON}
  ${PROJECT_SOURCE_DIR}/tests/conformance/verbs.py ${values_argument})

# Every member of every kind of model, as JSON.
mine_add_test(conformance.json COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/conformance/json_members.py)

# Every verb has a workload on small tables (bench/small.py).
mine_add_test(bench.rows LABEL once COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/bench/rows.py)

# What begins first where no earlier run has left its times.
foreach(name unit.kmeans unit.harm docs.docs/guide/segmentation.md)
  if(TEST ${name})
    set_tests_properties(${name} PROPERTIES COST 20)
  endif()
endforeach()

# ---- hosts ------------------------------------------------------------------------------

include(MineHosts)

# ---- trust ------------------------------------------------------------------------------

include(MineTrust)
