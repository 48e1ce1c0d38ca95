# Dense linear algebra (docs/design/linear-algebra.md): kernel/linalg.c, twice.
#
#   mine, mine_shared                      what MINE_BLAS says: openblas, linked in and
#                                          not exported, or none
#   mine_static, mine_embed, mine_pthread  plain loops: an archive cannot bring another
#                                          one along
#
# OpenBLAS is Debian's serial archive: it makes no threads, and is called in ours.

set(MINE_BLAS "openblas" CACHE STRING "Linear algebra of mine.so and libmine.so: openblas or none")
set_property(CACHE MINE_BLAS PROPERTY STRINGS openblas none)
if(NOT MINE_BLAS MATCHES "^(openblas|none)$")
  message(FATAL_ERROR "MINE_BLAS is openblas or none, not '${MINE_BLAS}'")
endif()

function(mine_add_linalg name)
  add_library(${name} OBJECT ${PROJECT_SOURCE_DIR}/algorithms/kernel/linalg.c)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/algorithms)
  target_compile_definitions(${name} PRIVATE ${ARGN})
  target_link_libraries(${name} PRIVATE mine_flags)
endfunction()

mine_add_linalg(mine_linalg_plain)
add_library(mine_blas INTERFACE)
if(MINE_BLAS STREQUAL "none")
  mine_add_linalg(mine_linalg)
else()
  find_file(MINE_OPENBLAS_ARCHIVE libopenblas.a NO_DEFAULT_PATH
    PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-serial)
  if(NOT MINE_OPENBLAS_ARCHIVE)
    message(FATAL_ERROR "OpenBLAS is not there: apt-get install libopenblas-serial-dev, or configure "
      "with -DMINE_BLAS=none, which does without (plain loops, the same answers)")
  endif()
  mine_add_linalg(mine_linalg MINE_OPENBLAS _DEFAULT_SOURCE)
  target_link_libraries(mine_blas INTERFACE ${MINE_OPENBLAS_ARCHIVE})
  target_link_options(mine_blas INTERFACE LINKER:--exclude-libs,ALL LINKER:--gc-sections
    LINKER:--wrap=blas_memory_alloc LINKER:--wrap=blas_memory_free)
endif()
