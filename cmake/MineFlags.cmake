# The flags of every target of ours.  No flag of the build machine's processor:
# the hot kernels choose their instructions at run time (kernel/simd.h).

# -fopenmp-simd: only the pragma `omp simd` (kernel/simd.h), no threads, no library.
# -std=c11 (no extensions) and -ffp-contract=off keep a*b+c two roundings: the
# same bits on every processor.
add_library(mine_flags INTERFACE)
target_compile_options(mine_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow=local -Wstrict-prototypes -ffp-contract=off
  -fopenmp-simd) # `#pragma omp simd` over independent lanes; no run-time library
target_compile_definitions(mine_flags INTERFACE _POSIX_C_SOURCE=200809L)
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  get_target_property(options mine_flags INTERFACE_COMPILE_OPTIONS)
  list(REMOVE_ITEM options -Wshadow=local)
  set_target_properties(mine_flags PROPERTIES INTERFACE_COMPILE_OPTIONS "${options}")
endif()
if(MINE_WERROR)
  target_compile_options(mine_flags INTERFACE -Werror)
endif()

# What every shared object of ours is linked with.
add_library(mine_link INTERFACE)
if(NOT MINE_SANITIZE)
  target_link_options(mine_link INTERFACE LINKER:--no-undefined)
endif()

if(MINE_SANITIZE)
  add_compile_options(-fsanitize=${MINE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MINE_SANITIZE})
endif()
if(MINE_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
