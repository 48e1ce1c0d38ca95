# The benchmark's own side (bench/worker.c), built by bench/run: the inside of the
# extension with the linear algebra that mine.so has.
find_library(SQLITE3_LIBRARY sqlite3)
add_executable(bench_worker EXCLUDE_FROM_ALL bench/worker.c $<TARGET_OBJECTS:mine_linalg>)
set_target_properties(bench_worker PROPERTIES OUTPUT_NAME worker
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
target_compile_definitions(bench_worker PRIVATE SQLITE_CORE _POSIX_C_SOURCE=200809L)
target_include_directories(bench_worker PRIVATE ${SQLITE3_INCLUDE_DIR})
target_link_libraries(bench_worker PRIVATE mine_flags mine_embed mine_blas ${SQLITE3_LIBRARY} Threads::Threads m)
