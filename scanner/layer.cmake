target_link_libraries(layer_scanner PUBLIC PkgConfig::XXHASH)
