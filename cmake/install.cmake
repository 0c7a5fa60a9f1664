# `cmake --install`: the program, the library with its public headers, the pages
# that define its formats, and what find_package(witness) reads.
include(CMakePackageConfigHelpers)

set(WITNESS_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/witness)

install(TARGETS witness RUNTIME)
install(TARGETS witness_vocabulary witness_history witness_workloads witness_checker witness_all
        EXPORT witnessTargets ARCHIVE)
install(DIRECTORY include/witness DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING
        PATTERN *.hpp)
install(EXPORT witnessTargets NAMESPACE witness:: DESTINATION ${WITNESS_PACKAGE_DIR})

write_basic_package_version_file(${PROJECT_BINARY_DIR}/witnessConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES cmake/witnessConfig.cmake cmake/dependencies.cmake
              ${PROJECT_BINARY_DIR}/witnessConfigVersion.cmake
        DESTINATION ${WITNESS_PACKAGE_DIR})
install(FILES README.md LICENSE history/FORMAT.md checker/MODELS.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
