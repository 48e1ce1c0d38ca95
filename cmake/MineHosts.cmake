# Host programs around the extension: Python, C (loading and linking), Node, and a
# C program that uses the engine without SQL.

mine_add_test(hosts.python COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_python.py)
mine_add_test(hosts.locked COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_locked.py)
mine_add_test(hosts.affinity COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_affinity.py)
mine_add_test(hosts.blas LABEL once COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_blas.py)
mine_add_test(hosts.keys LABEL once COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_keys.py)
mine_add_test(hosts.modes COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_modes.py)
mine_add_test(hosts.readonly COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_readonly.py)
mine_add_test(hosts.installed COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_installed.py)
mine_add_test(hosts.stale COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_stale.py)
# An extension that finds every SQLite too old: it must say so and leave the host alone.
add_library(mine_too_old MODULE ${MINE_EXT_SOURCES}
  $<TARGET_OBJECTS:mine_objects> $<TARGET_OBJECTS:mine_team_pthread> $<TARGET_OBJECTS:mine_linalg_plain>)
set_target_properties(mine_too_old PROPERTIES PREFIX "" OUTPUT_NAME mine SUFFIX ".so"
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/too_old)
target_compile_definitions(mine_too_old PRIVATE MINE_OLDEST_SQLITE=9000000)
target_include_directories(mine_too_old PRIVATE ${SQLITE3_INCLUDE_DIR})
target_link_libraries(mine_too_old PRIVATE mine_flags mine_link Threads::Threads m)
mine_add_test(hosts.too_old
  COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_too_old.py)

# First: fault.interrupt_newest waits for what it installs.
mine_add_test(hosts.node TIMEOUT 360 COST 100 COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_node.py)
mine_add_test(hosts.documents COMMAND ${MINE_PYTHON} ${PROJECT_SOURCE_DIR}/tests/hosts/host_documents.py)
set_tests_properties(hosts.documents PROPERTIES FIXTURES_REQUIRED demo DEPENDS hosts.node)

if(SQLITE3_LIBRARY)
  add_executable(host_c tests/hosts/host_c.c)
  target_include_directories(host_c PRIVATE ${SQLITE3_INCLUDE_DIR})
  target_link_libraries(host_c PRIVATE mine_flags ${SQLITE3_LIBRARY})
  add_dependencies(host_c mine)
  mine_add_test(hosts.c_loads LABEL once COMMAND host_c $<TARGET_FILE:mine>)

  add_executable(host_c_linked tests/hosts/host_c.c)
  target_compile_definitions(host_c_linked PRIVATE MINE_LINKED)
  target_include_directories(host_c_linked PRIVATE ${SQLITE3_INCLUDE_DIR})
  target_link_libraries(host_c_linked PRIVATE mine_flags mine_embed ${SQLITE3_LIBRARY})
  mine_add_test(hosts.c_links LABEL once COMMAND host_c_linked -)

  add_executable(host_auto tests/hosts/host_auto.c)
  target_compile_definitions(host_auto PRIVATE SQLITE_CORE)
  target_include_directories(host_auto PRIVATE ${SQLITE3_INCLUDE_DIR})
  target_link_libraries(host_auto PRIVATE mine_flags mine_embed ${SQLITE3_LIBRARY})
  mine_add_test(hosts.c_auto COMMAND host_auto)
endif()

# The engine without SQL, as docs/examples shows it: against the shared library,
# which proves that mine.h alone is enough.
file(GLOB examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/examples/*.c)
foreach(source ${examples})
  get_filename_component(name ${source} NAME_WE)
  add_executable(example_${name} ${source})
  target_link_libraries(example_${name} PRIVATE mine_flags mine_shared)
  mine_add_test(examples.${name} COMMAND example_${name})
endforeach()
