# The loadable extension (mine.so) and its static twin (libmine_sqlite.a).

find_path(SQLITE3_INCLUDE_DIR sqlite3ext.h REQUIRED)

# mine.so exports its entry point and nothing else (cmake/mine.map); nodelete
# keeps it mapped after the connection closes, when a host may still hold
# pointers into it.
add_library(mine MODULE ${MINE_EXT_SOURCES} $<TARGET_OBJECTS:mine_objects>
  $<TARGET_OBJECTS:mine_team_pthread> $<TARGET_OBJECTS:mine_linalg>)
set_target_properties(mine PROPERTIES PREFIX "" OUTPUT_NAME mine SUFFIX ".so"
  LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/mine.map)
target_include_directories(mine PRIVATE ${PROJECT_SOURCE_DIR}/algorithms ${SQLITE3_INCLUDE_DIR})
target_link_libraries(mine PRIVATE mine_flags mine_link mine_blas Threads::Threads m)
target_link_options(mine PRIVATE
  LINKER:-z,nodelete LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/mine.map)

# For applications that link their own SQLite: see ext/mine_static.h.
add_library(mine_embed STATIC ${MINE_EXT_SOURCES} $<TARGET_OBJECTS:mine_objects>
  $<TARGET_OBJECTS:mine_team_pthread> $<TARGET_OBJECTS:mine_linalg_plain>)
set_target_properties(mine_embed PROPERTIES OUTPUT_NAME mine_sqlite)
target_compile_definitions(mine_embed PRIVATE SQLITE_CORE)
target_include_directories(mine_embed
  PRIVATE ${PROJECT_SOURCE_DIR}/algorithms ${SQLITE3_INCLUDE_DIR}
  INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/ext> $<INSTALL_INTERFACE:include>)
target_link_libraries(mine_embed PRIVATE mine_flags PUBLIC Threads::Threads m)

install(TARGETS mine DESTINATION ${CMAKE_INSTALL_LIBDIR}/sqlite-mine)
install(TARGETS mine_embed)
install(FILES ext/mine_static.h TYPE INCLUDE)
install(DIRECTORY sql/ DESTINATION ${CMAKE_INSTALL_DATADIR}/sqlite-mine/sql PATTERN nightly.sh EXCLUDE)
install(PROGRAMS sql/nightly.sh DESTINATION ${CMAKE_INSTALL_DATADIR}/sqlite-mine/sql)
install(FILES LICENSE NOTICES DESTINATION ${CMAKE_INSTALL_DOCDIR})
# sqlite3 looks for an extension where the linker looks for libraries, which is not here.
install(CODE "message(STATUS \"Load it with:  .load \${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/sqlite-mine/mine\")")
