target_link_libraries(layer_base PUBLIC fmt::fmt Threads::Threads PRIVATE OpenSSL::Crypto)
