# Trust: failing memory, failing disks, kills, interrupts, hostile bytes.
#
#   fault.*   faults during every verb (tests/fault/calls.c makes the one table of calls)
#   fuzz.*    damaged models, and the corpora of the fuzz targets run again
#   trust.*   the table is complete: a new verb or algorithm without its rows fails
#
# MINE_FUZZ=ON (clang) also builds the libFuzzer targets; tools/long_checks.sh runs
# what takes longer.

option(MINE_FUZZ "Build the libFuzzer targets (clang)" OFF)

if(NOT SQLITE3_LIBRARY)
  message(WARNING "libsqlite3 not found: the fault tests are not built")
  return()
endif()

# A C program on the static twin: tests/KIND/NAME.c and the table of calls.
function(mine_add_trust_program name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE ${SQLITE3_INCLUDE_DIR}
    ${PROJECT_SOURCE_DIR}/tests/fault ${PROJECT_SOURCE_DIR}/algorithms)
  target_link_libraries(${name} PRIVATE mine_flags mine_embed ${SQLITE3_LIBRARY})
endfunction()

# A part of the cases every day, the rest in the long run: every 9th byte of a model, fewer
# rows.  Sanitizers are slow: fewer still.
set(limits_argument 400)
set(corrupt_arguments 300 1 31)
set(newest_arguments 1 1000)
set(alloc_argument few)
set(interrupt_arguments 1 1000)
set(mappings_argument 150)
set(rows_argument 400)
if(MINE_SANITIZE)
  set(interrupt_arguments 1 400)
  set(rows_argument 400)
  set(limits_argument 250)
  set(corrupt_arguments 200 1 61)
  set(kill_arguments 40)
  set(mappings_argument 300)
endif()

# The table of calls: compiled once for the programs on the static twin.
set(fault_table ${PROJECT_SOURCE_DIR}/tests/fault/fault.c ${PROJECT_SOURCE_DIR}/tests/fault/calls.c)
add_library(mine_fault_table OBJECT ${fault_table})
target_include_directories(mine_fault_table PRIVATE ${SQLITE3_INCLUDE_DIR} ${PROJECT_SOURCE_DIR}/algorithms
  ${PROJECT_SOURCE_DIR}/ext)
target_link_libraries(mine_fault_table PRIVATE mine_flags)
set(calls $<TARGET_OBJECTS:mine_fault_table>)

mine_add_trust_program(fault_alloc tests/fault/fault_alloc.c ${calls})
mine_add_test(fault.alloc COST 30 COMMAND fault_alloc ${alloc_argument})
mine_add_trust_program(fault_io tests/fault/fault_io.c ${calls})
mine_add_test(fault.io TIMEOUT 300 COST 20 COMMAND fault_io)
mine_add_trust_program(fault_interrupt tests/fault/interrupt.c ${calls})
mine_add_test(fault.interrupt COST 10 COMMAND fault_interrupt ${interrupt_arguments})
if(NOT MINE_COVERAGE) # its archive does not link into a plain program
  mine_add_test(fault.interrupt_newest TIMEOUT 300 COMMAND ${MINE_PYTHON}
    ${PROJECT_SOURCE_DIR}/tests/fault/interrupt_newest.py ${newest_arguments})
  set_tests_properties(fault.interrupt_newest PROPERTIES DEPENDS hosts.node)
endif()
mine_add_trust_program(fault_limits tests/fault/limits.c ${calls})
mine_add_test(fault.limits COST 20 COMMAND fault_limits ${limits_argument})
mine_add_test(fault.kill LABEL once TIMEOUT 300 COST 20 COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/fault/kill.py ${kill_arguments})

# Every mapping is seen, through the linker; blocks of a page or more are mapped, so that
# few rows do.  fault_mappings_large has the extension's own size: for the long run.
set(wrapped LINKER:--wrap=mmap LINKER:--wrap=mremap LINKER:--wrap=munmap)
foreach(name fault_mappings fault_mappings_large)
  mine_add_trust_program(${name} tests/fault/mappings.c ${fault_table} ext/host_memory.c)
  target_compile_definitions(${name} PRIVATE SQLITE_CORE)
  target_link_options(${name} PRIVATE ${wrapped})
endforeach()
target_compile_definitions(fault_mappings PRIVATE HOST_MAPPED=4096)
mine_add_test(fault.mappings LABEL once COST 60 COMMAND fault_mappings ${mappings_argument})

mine_add_trust_program(fault_sameness tests/fault/sameness.c tests/unit/eager_clock.c
  ${calls})
target_link_options(fault_sameness PRIVATE LINKER:--wrap=mine__clock
  LINKER:--wrap=pthread_create LINKER:--wrap=pthread_attr_init)
mine_add_test(fault.sameness COMMAND fault_sameness ${rows_argument})
mine_add_trust_program(fault_list tests/fault/list_calls.c ${calls})
mine_add_test(trust.rows COMMAND ${MINE_PYTHON}
  ${PROJECT_SOURCE_DIR}/tests/fault/coverage_of_verbs.py)

# Hosts that load the extension: what they may expect of a guest, what they may hand
# over, and interrupts once more (the same program as fault.interrupt).
function(mine_add_loading_host name loads)
  add_executable(${name} ${ARGN} ${fault_table})
  target_compile_definitions(${name} PRIVATE ${loads})
  target_include_directories(${name} PRIVATE ${SQLITE3_INCLUDE_DIR} ${PROJECT_SOURCE_DIR}/tests/fault)
  target_link_libraries(${name} PRIVATE mine_flags ${SQLITE3_LIBRARY} Threads::Threads m ${CMAKE_DL_LIBS})
  add_dependencies(${name} mine)
endfunction()

mine_add_loading_host(host_guest FAULT_LOADS tests/hosts/guest.c)
mine_add_test(hosts.guest COMMAND host_guest)
mine_add_loading_host(host_table FAULT_LOADS_ITSELF tests/hosts/host_table.c)
target_compile_definitions(host_table PRIVATE SQLITE_CORE) # its own calls go to SQLite directly
mine_add_test(hosts.table COMMAND host_table)
mine_add_loading_host(host_interrupt FAULT_LOADS tests/fault/interrupt.c)
mine_add_test(hosts.interrupt LABEL once COMMAND host_interrupt ${interrupt_arguments})

# ---- models as bytes -----------------------------------------------------------

function(mine_add_engine_program name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/algorithms)
  target_link_libraries(${name} PRIVATE mine_flags mine_static)
endfunction()

set(model_use ${PROJECT_SOURCE_DIR}/tests/fuzz/model_use.c)
mine_add_engine_program(corrupt_models tests/fuzz/corrupt_models.c ${model_use})
mine_add_test(fuzz.corrupt_models TIMEOUT 600 COST 40 COMMAND corrupt_models ${corrupt_arguments})
mine_add_engine_program(portable_models tests/fuzz/portable_models.c ${model_use})

# ---- fuzz targets: the corpus again (any compiler), and libFuzzer (MINE_FUZZ) --------

set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus)
set(fuzz_targets model import options source sql)
foreach(target ${fuzz_targets})
  set(parts ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_${target}.c ${calls})
  if(target MATCHES "model|import|options")
    set(parts ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_${target}.c ${model_use})
  endif()
  mine_add_trust_program(fuzz_${target}_corpus tests/fuzz/driver.c ${parts})
  mine_add_test(fuzz.${target} COMMAND fuzz_${target}_corpus ${corpus}/${target})
  if(MINE_FUZZ)
    mine_add_trust_program(fuzz_${target} ${parts})
    target_compile_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
  endif()
endforeach()
if(MINE_FUZZ)
  # Coverage counters in our own code; the standing targets stay as they are.
  target_compile_options(mine_objects PRIVATE -fsanitize=fuzzer-no-link)
  target_compile_options(mine_embed PRIVATE -fsanitize=fuzzer-no-link)
endif()
