# A room is a static library that sees only the rooms it may include. Headers are
# included as "history/x.hpp"; each room's include path holds one link, to itself,
# so what is not listed under MAY_INCLUDE is not found.

foreach(room history workloads checker tests)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/rooms/${room})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${room} ${PROJECT_BINARY_DIR}/rooms/${room}/${room} SYMBOLIC)
endforeach()
# The commands share commands.hpp, which stands beside main.cpp.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/rooms/door)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/commands.hpp ${PROJECT_BINARY_DIR}/rooms/door/commands.hpp
     SYMBOLIC)

function(witness_target_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wno-sign-conversion -Werror)
  if(WITNESS_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${WITNESS_SANITIZE}
                                             -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${WITNESS_SANITIZE})
  endif()
endfunction()

function(witness_see target)
  foreach(room ${ARGN})
    target_include_directories(${target}
      PRIVATE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/rooms/${room}>)
  endforeach()
endfunction()

# witness_room(NAME MAY_INCLUDE rooms… USES libraries…)
function(witness_room name)
  cmake_parse_arguments(ROOM "" "" "MAY_INCLUDE;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_command\\.cpp$")
  add_library(witness_${name} STATIC ${sources})
  set_target_properties(witness_${name} PROPERTIES EXPORT_NAME ${name})
  witness_target_options(witness_${name})
  target_link_libraries(witness_${name} PUBLIC witness_vocabulary PRIVATE ${ROOM_USES})
  witness_see(witness_${name} ${ROOM_MAY_INCLUDE})
endfunction()

# witness_commands(NAME MAY_INCLUDE rooms… USES libraries…): the room's *_command.cpp
function(witness_commands name)
  cmake_parse_arguments(ROOM "" "" "MAY_INCLUDE;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*_command.cpp)
  add_library(witness_${name}_commands OBJECT ${sources})
  witness_target_options(witness_${name}_commands)
  target_link_libraries(witness_${name}_commands PRIVATE witness_vocabulary CLI11::CLI11 fmt::fmt
                                                         nlohmann_json::nlohmann_json ${ROOM_USES})
  witness_see(witness_${name}_commands door ${ROOM_MAY_INCLUDE})
endfunction()
