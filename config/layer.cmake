target_link_libraries(layer_config PUBLIC PkgConfig::XXHASH PRIVATE PkgConfig::TOMLPLUSPLUS)
