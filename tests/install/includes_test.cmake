# What include paths cannot forbid: the ways around them. Needs: SOURCE.
cmake_minimum_required(VERSION 3.25)

set(broken)
# check(PATTERN-OF-FILES PATTERN-OF-INCLUDES RULE): no such file has such an include.
function(forbid files pattern rule)
  file(GLOB_RECURSE sources RELATIVE ${SOURCE} ${files})
  if(NOT sources)
    message(FATAL_ERROR "no file matches ${files}: this test proves nothing")
  endif()
  foreach(source ${sources})
    file(STRINGS ${SOURCE}/${source} includes REGEX "^[ \t]*#[ \t]*include[ \t]*${pattern}")
    foreach(include ${includes})
      string(APPEND broken "${source}: ${include}\n  ${rule}\n")
    endforeach()
  endforeach()
  set(broken "${broken}" PARENT_SCOPE)
endfunction()

foreach(room include history workloads checker tests)
  forbid("${SOURCE}/${room}/*.?pp" "[<\"][^>\"]*[.][.]/" "no way through a parent folder")
endforeach()
forbid("${SOURCE}/include/*.hpp" "<[^>]*[./]"
       "public headers include the standard library and witness/ only")
forbid("${SOURCE}/include/*.hpp" "\"([^w]|w[^i])"
       "public headers include the standard library and witness/ only")
forbid("${SOURCE}/main.cpp" "\"(history|workloads|checker|tests)/" "main.cpp knows commands.hpp only")
forbid("${SOURCE}/commands.hpp" "\"(history|workloads|checker|tests)/"
       "commands.hpp knows no room")
foreach(room history workloads checker)
  forbid("${SOURCE}/${room}/*.?pp" "[<\"](tests|bench)/" "nobody includes the tests")
  forbid("${SOURCE}/${room}/*.hpp" "[<\"]CLI/" "CLI11 is for *_command.cpp")
endforeach()

if(broken)
  message(FATAL_ERROR "${broken}")
endif()
