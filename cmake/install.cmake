# What goes where under the prefix (spec: "Programs" in docs/interface.md), and the .deb.
if(TARGET lfsguard)
  install(TARGETS lfsguard RUNTIME DESTINATION bin)
  install(CODE "
    execute_process(COMMAND \${CMAKE_COMMAND} -E create_symlink lfsguard \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/git-lfsguard\")
    message(STATUS \"Installing: \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/git-lfsguard\")")

  # The program writes its own manual page and completions.
  set(generated ${CMAKE_BINARY_DIR}/generated)
  add_custom_command(TARGET lfsguard POST_BUILD
    COMMAND lfsguard help --man --output ${generated}/lfsguard.1
    COMMAND ${CMAKE_COMMAND} -E copy ${generated}/lfsguard.1 ${generated}/git-lfsguard.1
    COMMAND lfsguard completion bash --output ${generated}/lfsguard.bash
    COMMAND lfsguard completion zsh --output ${generated}/_lfsguard
    COMMAND lfsguard completion fish --output ${generated}/lfsguard.fish
    VERBATIM)
  install(FILES ${generated}/lfsguard.1 ${generated}/git-lfsguard.1 DESTINATION share/man/man1)
  install(FILES ${generated}/lfsguard.bash DESTINATION share/bash-completion/completions RENAME lfsguard)
  install(FILES ${generated}/_lfsguard DESTINATION share/zsh/site-functions)
  install(FILES ${generated}/lfsguard.fish DESTINATION share/fish/vendor_completions.d)
endif()
if(TARGET lfsguard-hook)
  install(TARGETS lfsguard-hook RUNTIME DESTINATION libexec/lfsguard)
endif()

# `cpack -G DEB` in the build folder.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lfsguard)
set(CPACK_PACKAGE_CONTACT "lfsguard maintainers <maintainers@lfsguard.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION vcs)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "git (>= 1:2.30)")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
