target_link_libraries(layer_git_objects PUBLIC PkgConfig::XXHASH PRIVATE ZLIB::ZLIB PkgConfig::LIBDEFLATE PkgConfig::LIBISAL)
