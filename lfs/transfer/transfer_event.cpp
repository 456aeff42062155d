#include "lfs/transfer/transfer_event.h"

#include <nlohmann/json.hpp>

namespace lfsguard::lfs {

std::string_view name_of(Phase phase) {
  static constexpr std::string_view kNames[] = {"hash", "batch", "upload", "download", "complete", "verify"};
  return kNames[static_cast<size_t>(phase)];
}

std::string_view name_of(TransferEvent::Kind kind) {
  static constexpr std::string_view kNames[] = {"start", "progress", "retry", "stall", "done", "failed", "summary"};
  return kNames[static_cast<size_t>(kind)];
}

std::string to_json_line(const TransferEvent& event) {
  nlohmann::ordered_json line;
  line["event"] = name_of(event.kind);
  line["oid"] = event.oid.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(event.oid);
  line["path"] = event.path.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(event.path);
  line["phase"] = name_of(event.phase);
  line["bytes"] = event.bytes;
  line["total"] = event.total;
  line["attempt"] = event.attempt;
  line["host"] = event.host.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(event.host);
  line["error"] = event.error.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(event.error);
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace lfsguard::lfs
