target_link_libraries(layer_lfs_net PRIVATE PkgConfig::CURL nlohmann_json::nlohmann_json)
