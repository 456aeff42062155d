#include "lfs/net/batch.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "lfs/net/url.h"

namespace lfsguard::lfs {
namespace {

using nlohmann::json;

// Wrong types count as missing: servers write null where they mean nothing.
std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t number_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return 0;
  if (!found->is_number_float()) return found->get<int64_t>();
  const double number = found->get<double>();
  return std::abs(number) < 9e18 ? static_cast<int64_t>(number) : 0;
}

std::string resolved(const std::string& href, const std::string& base) {
  if (Url::parse(href)) return href;
  const std::optional<Url> from = Url::parse(base);
  if (!from) return href;
  if (href.starts_with("//")) return from->scheme + ":" + href;
  if (href.starts_with('/')) return from->origin() + href;
  return base + "/" + href;
}

Action parse_action(const json& value, const std::string& base, WallTime now) {
  Action action;
  action.href = resolved(text_of(value, "href"), base);
  if (const auto headers = value.find("header"); headers != value.end() && headers->is_object()) {
    for (const auto& [name, item] : headers->items()) {
      if (item.is_string())
        action.headers.emplace_back(name, item.get<std::string>());
      else if (item.is_number_integer())
        action.headers.emplace_back(name, std::to_string(item.get<int64_t>()));
    }
  }
  action.expires = expiry_of(number_of(value, "expires_in"), text_of(value, "expires_at"), now);
  return action;
}

std::optional<BatchObject> parse_object(const json& value, const std::string& base, WallTime now) {
  if (!value.is_object()) return std::nullopt;
  const std::optional<Oid> oid = Oid::from_hex(text_of(value, "oid"));
  if (!oid) return std::nullopt;
  BatchObject object;
  object.oid = *oid;
  object.size = static_cast<uint64_t>(std::max<int64_t>(0, number_of(value, "size")));
  if (const auto found = value.find("authenticated"); found != value.end() && found->is_boolean())
    object.authenticated = *found;
  for (const char* key : {"_links", "actions"}) {
    const auto actions = value.find(key);
    if (actions == value.end() || !actions->is_object()) continue;
    for (const auto& [name, item] : actions->items())
      if (item.is_object() && !text_of(item, "href").empty()) object.actions[name] = parse_action(item, base, now);
  }
  if (const auto error = value.find("error"); error != value.end() && error->is_object()) {
    object.error_code = static_cast<int>(number_of(*error, "code"));
    if (object.error_code == 0) object.error_code = 500;
    object.error_message = text_of(*error, "message");
  }
  return object;
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  while (!text.empty() && text.front() == ' ') text.erase(0, 1);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

std::string format_batch_request(const BatchRequest& request) {
  json body;
  body["operation"] = name_of(request.operation);
  body["transfers"] = request.transfers;
  if (!request.ref.empty()) body["ref"] = {{"name", request.ref}};
  body["objects"] = json::array();
  for (const auto& [oid, size] : request.objects) body["objects"].push_back({{"oid", oid.hex()}, {"size", size}});
  body["hash_algo"] = "sha256";
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<BatchResponse> parse_batch_response(std::string_view body, const std::string& base, WallTime now) {
  const json value = json::parse(body, nullptr, false);
  const auto objects = value.is_object() ? value.find("objects") : value.end();
  if (!value.is_object() || objects == value.end() || !objects->is_array())
    return fail(ErrorKind::corrupt, "the batch answer is not what an LFS server sends", redact_url(base),
                "is that the address of an LFS server? see lfs.url");
  BatchResponse response;
  if (std::string transfer = text_of(value, "transfer"); !transfer.empty()) response.transfer = std::move(transfer);
  const std::string algorithm = text_of(value, "hash_algo");
  if (!algorithm.empty() && algorithm != "sha256")
    return fail(ErrorKind::unsupported, "the server names objects by another hash than SHA-256", algorithm);
  for (const json& item : *objects)
    if (std::optional<BatchObject> object = parse_object(item, base, now))
      response.objects.push_back(std::move(*object));
  return response;
}

std::string server_message(const HttpResponse& response) {
  const json value = json::parse(response.body, nullptr, false);
  if (value.is_object()) {
    std::string message = one_line(text_of(value, "message"));
    if (message.empty()) message = one_line(text_of(value, "error"));
    if (const std::string url = text_of(value, "documentation_url"); !url.empty())
      message += " (" + one_line(url) + ")";
    return message;
  }
  const std::optional<std::string> type = header_value(response.headers, "content-type");
  if (type && type->starts_with("text/plain")) return one_line(response.body.substr(0, 500));
  // S3's XML: the code says it all.
  const size_t code = response.body.find("<Code>");
  const size_t end = response.body.find("</Code>");
  if (code != std::string::npos && end != std::string::npos && end > code + 6)
    return one_line(response.body.substr(code + 6, end - code - 6));
  return {};
}

Error status_error(const HttpResponse& response, const std::string& leg, const std::string& subject) {
  if (response.error) return *response.error;
  Error error{ErrorKind::remote, leg + ": the server answered " + std::to_string(response.status), subject, {}, {}};
  switch (response.status) {
    case 401:
      error.kind = ErrorKind::auth;
      error.what = leg + ": the server does not accept the credentials (401)";
      break;
    case 403:
      error.kind = ErrorKind::auth;
      error.what = leg + ": the server says this is not allowed (403)";
      break;
    case 404:
      error.what = leg + ": there is no such repository or object, or it is not yours to see (404)";
      break;
    case 413:
      error.what = leg + ": too large for the server or a proxy before it (413)";
      break;
    case 422:
      error.what = leg + ": the server refuses this object (422)";
      break;
    case 429:
      error.kind = ErrorKind::network;
      error.what = leg + ": too many requests (429)";
      break;
    case 507:
      error.what = leg + ": the server has no space left (507)";
      break;
    case 509:
      error.what = leg + ": the bandwidth limit is used up (509)";
      break;
    default:
      if (response.status == 408 || (response.status >= 500 && response.status != 501)) error.kind = ErrorKind::network;
  }
  if (std::string message = server_message(response); !message.empty()) error.causes.push_back(std::move(message));
  return error;
}

}  // namespace lfsguard::lfs
