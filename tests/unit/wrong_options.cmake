# A row over a field of another type does not compile: every kind is tried over every
# type of field, and exactly the right pairs must pass.
#   cmake -DCC=gcc -DROOT=... -P wrong_options.cmake
cmake_minimum_required(VERSION 3.20)
set(right
  "OPTION_INT integer" "OPTION_BYTES integer" "OPTION_REAL real" "OPTION_FLAG number"
  "OPTION_CHOICE number" "OPTION_TEXT cell" "OPTION_LIST list" "OPTION_NUMBERS numbers"
  "OPTION_SOURCE query" "OPTION_DATE cell")
set(kinds INT REAL FLAG CHOICE TEXT LIST BYTES NUMBERS SOURCE DATE)
set(fields number natural single real integer size name cell list numbers query)
set(wrong "")
foreach(kind ${kinds})
  foreach(field ${fields})
    execute_process(
      COMMAND ${CC} -std=c11 -fsyntax-only -D_POSIX_C_SOURCE=200809L -I${ROOT}/algorithms
              -DKIND=OPTION_${kind} -DFIELD=${field} ${ROOT}/tests/unit/wrong_options.c
      RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE said)
    if("OPTION_${kind} ${field}" IN_LIST right)
      if(failed)
        string(APPEND wrong "OPTION_${kind} over '${field}' must compile:\n${said}\n")
      endif()
    elseif(NOT failed)
      string(APPEND wrong "OPTION_${kind} over '${field}' compiles, and would write too far\n")
    elseif(NOT said MATCHES "_Generic|compatible")
      string(APPEND wrong "OPTION_${kind} over '${field}' fails for another reason:\n${said}\n")
    endif()
  endforeach()
endforeach()
if(wrong)
  message(FATAL_ERROR "${wrong}")
endif()
