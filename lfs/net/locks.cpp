#include "lfs/net/locks.h"

#include <nlohmann/json.hpp>

namespace lfsguard::lfs {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

Lock lock_of(const json& value, bool ours) {
  Lock lock{text_of(value, "id"), text_of(value, "path"), "", text_of(value, "locked_at"), ours};
  if (const auto owner = value.find("owner"); owner != value.end() && owner->is_object())
    lock.owner = text_of(*owner, "name");
  return lock;
}

void take(const json& value, const char* key, bool ours, std::vector<Lock>& locks) {
  const auto list = value.find(key);
  if (list == value.end() || !list->is_array()) return;
  for (const json& item : *list)
    if (item.is_object()) locks.push_back(lock_of(item, ours));
}

}  // namespace

std::string format_lock_request(const std::string& path, const std::string& ref) {
  json body = {{"path", path}};
  if (!ref.empty()) body["ref"] = {{"name", ref}};
  return dumped(body);
}

std::string format_unlock_request(bool force, const std::string& ref) {
  json body = {{"force", force}};
  if (!ref.empty()) body["ref"] = {{"name", ref}};
  return dumped(body);
}

std::string format_verify_request(const std::string& ref, const std::string& cursor) {
  json body = json::object();
  if (!ref.empty()) body["ref"] = {{"name", ref}};
  if (!cursor.empty()) body["cursor"] = cursor;
  return dumped(body);
}

Result<Lock> parse_lock(std::string_view body) {
  const json value = json::parse(body, nullptr, false);
  const auto lock = value.is_object() ? value.find("lock") : value.end();
  if (!value.is_object() || lock == value.end() || !lock->is_object())
    return fail(ErrorKind::corrupt, "the server's answer holds no lock", "");
  return lock_of(*lock, true);
}

Result<LockPage> parse_locks(std::string_view body) {
  const json value = json::parse(body, nullptr, false);
  if (!value.is_object()) return fail(ErrorKind::corrupt, "the server's answer holds no list of locks", "");
  LockPage page;
  take(value, "locks", false, page.locks);
  take(value, "ours", true, page.locks);
  take(value, "theirs", false, page.locks);
  page.next_cursor = text_of(value, "next_cursor");
  return page;
}

std::string to_json(const Lock& lock) {
  nlohmann::ordered_json value = {
      {"id", lock.id}, {"path", lock.path}, {"owner", {{"name", lock.owner}}}, {"locked_at", lock.locked_at}};
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string unlocked_json(const std::string& path, const std::string& id) {
  nlohmann::ordered_json value = nlohmann::ordered_json::object();
  if (id.empty())
    value["path"] = path;
  else
    value["id"] = id;
  value["unlocked"] = true;
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace lfsguard::lfs
