# find_package(witness) gives the target witness::witness. The rooms are static
# libraries: what they use must be installed too.
include(CMakeFindDependencyMacro)
include(${CMAKE_CURRENT_LIST_DIR}/dependencies.cmake)
if(DEFINED witness_FOUND AND NOT witness_FOUND)
  return()  # a dependency is missing; find_dependency has said which
endif()
include(${CMAKE_CURRENT_LIST_DIR}/witnessTargets.cmake)
