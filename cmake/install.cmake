# What goes where under the prefix (spec: "Programs" in docs/interface.md).
if(TARGET lfsguard)
  install(TARGETS lfsguard RUNTIME DESTINATION bin)
  install(CODE "execute_process(COMMAND \${CMAKE_COMMAND} -E create_symlink lfsguard \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/git-lfsguard)")
endif()
if(TARGET lfsguard-hook)
  install(TARGETS lfsguard-hook RUNTIME DESTINATION libexec/lfsguard)
endif()
