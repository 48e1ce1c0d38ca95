# Whose threads the engine's loops run on (docs/design/threads.md):
#
#   mine, mine_embed             always POSIX threads of our own, which are gone when a
#                                call is over: they are guests in a stranger's process
#   mine_static, mine_shared     what MINE_THREADS says: openmp (libgomp), for programs
#                                that own their process, or pthread
#
# The engine's objects are the same; algorithms/core/team.c or team_openmp.c is added.

set(MINE_THREADS "openmp" CACHE STRING "Threads of libmine: openmp or pthread")
set_property(CACHE MINE_THREADS PROPERTY STRINGS openmp pthread)
if(NOT MINE_THREADS MATCHES "^(openmp|pthread)$")
  message(FATAL_ERROR "MINE_THREADS is openmp or pthread, not '${MINE_THREADS}'")
endif()

function(mine_add_team name source)
  add_library(${name} OBJECT ${PROJECT_SOURCE_DIR}/algorithms/core/${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/algorithms)
  target_link_libraries(${name} PRIVATE mine_flags Threads::Threads ${ARGN})
endfunction()

mine_add_team(mine_team_pthread team.c)

set(MINE_TEAM pthread)
set(MINE_TEAM_LIBRARY "")
if(MINE_THREADS STREQUAL "openmp" AND MINE_SANITIZE MATCHES "thread")
  message(STATUS "libmine: POSIX threads (the thread sanitizer does not know libgomp's barriers)")
elseif(MINE_THREADS STREQUAL "openmp")
  find_package(OpenMP COMPONENTS C)
  if(OpenMP_C_FOUND)
    set(MINE_TEAM openmp)
    set(MINE_TEAM_LIBRARY OpenMP::OpenMP_C)
  else()
    message(STATUS "libmine: POSIX threads, for this compiler has no OpenMP (gcc brings "
      "libgomp; for clang: apt-get install libomp-dev)")
  endif()
endif()
if(MINE_TEAM STREQUAL "openmp")
  mine_add_team(mine_team team_openmp.c OpenMP::OpenMP_C)
else()
  mine_add_team(mine_team team.c)
endif()

# The engine of the extension as an archive, for tests.
add_library(mine_pthread STATIC
  $<TARGET_OBJECTS:mine_objects> $<TARGET_OBJECTS:mine_team_pthread>
  $<TARGET_OBJECTS:mine_linalg_plain>)
target_include_directories(mine_pthread INTERFACE ${PROJECT_SOURCE_DIR}/algorithms)
target_link_libraries(mine_pthread PUBLIC Threads::Threads m)
