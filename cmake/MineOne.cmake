# mine_one.c: all of the engine, or of engine and extension, as one translation unit.
#   cmake -DROOT=<source> -DPART=engine|extension -DOUT=mine_one.c [-DCC=gcc -DFLAGS=...] -P MineOne.cmake
# The list is what lies in the folders.  With a compiler it is compiled and every
# warning is an error: a name that two files define for themselves, and a header that
# leans on what its includer included, show here.
cmake_minimum_required(VERSION 3.20)
set(folders algorithms)
if(PART STREQUAL "extension")
  list(APPEND folders ext)
endif()
set(text "/* ${PART}, written by cmake/MineOne.cmake */\n#define _GNU_SOURCE\n")
foreach(folder ${folders})
  file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/${folder}/*.c)
  list(SORT sources)
  # Of the two bodies of a team of threads the one that a guest uses (core/team.h).
  list(REMOVE_ITEM sources algorithms/core/team_openmp.c)
  foreach(source ${sources})
    string(APPEND text "#include \"${source}\"\n")
  endforeach()
endforeach()
file(WRITE ${OUT} "${text}")
if(CC)
  separate_arguments(FLAGS UNIX_COMMAND "${FLAGS}")
  execute_process(
    COMMAND ${CC} -std=c11 -O0 -Wall -Wextra -Wpedantic -Wconversion -Wno-unknown-warning-option -Wshadow=local
            -Wstrict-prototypes -ffp-contract=off -fopenmp-simd -Werror ${FLAGS} -I${ROOT} -I${ROOT}/algorithms -I${ROOT}/ext
            -c ${OUT} -o ${OUT}.o
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${OUT} does not compile")
  endif()
endif()
