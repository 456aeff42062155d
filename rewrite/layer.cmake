target_link_libraries(layer_rewrite PRIVATE nlohmann_json::nlohmann_json PkgConfig::XXHASH)
