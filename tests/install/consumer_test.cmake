# Installs the build into a prefix of its own, then builds and runs consumer/ against it.
# Needs: BUILD, CONSUMER, WORK, GENERATOR, CXX, VERSION, DOCDIR.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "exit ${result}: ${ARGV}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
foreach(page FORMAT.md MODELS.md README.md LICENSE)
  if(NOT EXISTS ${WORK}/prefix/${DOCDIR}/${page})
    message(FATAL_ERROR "${page} was not installed")
  endif()
endforeach()

execute_process(COMMAND ${WORK}/prefix/bin/witness --version OUTPUT_VARIABLE version
                OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT version STREQUAL "witness ${VERSION}")
  message(FATAL_ERROR "the installed program calls itself \"${version}\"")
endif()

run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/build -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${WORK}/prefix -D CMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build ${WORK}/build)

execute_process(COMMAND ${WORK}/build/consumer RESULT_VARIABLE result OUTPUT_VARIABLE output)
if(NOT result EQUAL 1 OR NOT output MATCHES "A1")
  message(FATAL_ERROR "two buyers hold seat A1, but the consumer ended with ${result}:\n${output}")
endif()
