# With ROOM's own include paths, one of its own headers is found and none of OTHER's is.
# Needs: CXX, SOURCE, ROOM, OTHER, WORK, INCLUDES (joined by |).
cmake_minimum_required(VERSION 3.25)

string(REPLACE "|" ";" folders "${INCLUDES}")
set(flags)
foreach(folder ${folders})
  if(folder)
    list(APPEND flags -I${folder})
  endif()
endforeach()

# Sets `found` in the caller: does the preprocessor find the first header of `room`?
function(look_for room)
  file(GLOB_RECURSE headers RELATIVE ${SOURCE} ${SOURCE}/${room}/*.hpp)
  if(NOT headers)
    message(FATAL_ERROR "${room}/ has no header to try with")
  endif()
  list(GET headers 0 header)
  set(probe ${WORK}/${ROOM}_${OTHER}/${room}.cpp)
  file(WRITE ${probe} "#if !__has_include(\"${header}\")\n#error not found\n#endif\n")
  execute_process(COMMAND ${CXX} -std=c++20 ${flags} -E ${probe} RESULT_VARIABLE result
                  OUTPUT_QUIET ERROR_QUIET)
  if(result EQUAL 0)
    set(found TRUE PARENT_SCOPE)
  else()
    set(found FALSE PARENT_SCOPE)
  endif()
endfunction()

look_for(${ROOM})
if(NOT found)
  message(FATAL_ERROR "${ROOM} does not even find its own headers: this test proves nothing")
endif()
look_for(${OTHER})
if(found)
  message(FATAL_ERROR "${ROOM} can include a header of ${OTHER}")
endif()
