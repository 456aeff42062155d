#include "rewrite/maps.h"

#include <fmt/format.h>

#include "base/json_writer.h"

namespace lfsguard::rewrite {
namespace {

constexpr size_t kPiece = 1u << 20;  // bytes

}  // namespace

Status write_maps(const RunFolder& folder, const git::History& history, const NewId& moved, const RewriteReport& report) {
  const auto& commits = history.commits();
  // Of a long history a map is hundreds of megabytes.
  const auto write = [&](const char* name, char between, bool unchanged_too) {
    size_t left = commits.size();
    return folder.write(name, [&](std::string& piece) {
      while (left > 0 && piece.size() < kPiece) {
        const ObjectId& old_oid = commits[--left].oid;
        const auto new_oid = moved(old_oid);
        if (new_oid || unchanged_too) piece.append(old_oid.hex()).append(1, between).append((new_oid ? *new_oid : old_oid).hex()).append(1, '\n');
      }
    });
  };
  TRY(write("commit-map", ' ', true));
  TRY(write("object-map.csv", ',', false));
  std::string refs;
  for (const RefChange& ref : report.refs) refs += ref.old_oid.hex() + " " + ref.new_oid.hex() + " " + ref.name + "\n";
  return folder.write("refs", refs);
}

Status write_report(const RunFolder& folder, const RewriteReport& report) { return folder.write("report.json", report_json(report)); }

std::string report_json(const RewriteReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("version");
  json.number(1);
  json.key("command");
  json.string("rewrite");
  json.key("dry_run");
  json.boolean(report.dry_run);
  json.key("run");
  report.run.empty() ? json.null() : json.string(report.run);
  json.key("files");
  json.begin_array();
  for (const PlannedFile& file : report.files) {
    json.begin_object();
    json.key("path");
    json.string(file.path);
    if (!is_utf8(file.path)) {
      json.key("path_base64");
      json.string(base64(file.path));
    }
    json.key("versions");
    json.number(file.versions);
    json.key("bytes");
    json.number(file.bytes);
    json.key("large_versions");
    json.number(file.large_versions);
    json.key("large_bytes");
    json.number(file.large_bytes);
    json.end_object();
  }
  json.end_array();
  json.key("objects");
  json.begin_object();
  json.key("blobs");
  json.number(report.blobs);
  json.key("bytes");
  json.number(report.bytes);
  json.end_object();
  json.key("commits");
  json.begin_object();
  json.key("examined");
  json.number(report.commits_examined);
  json.key("rewritten");
  json.number(report.commits_rewritten);
  json.end_object();
  json.key("tags");
  json.begin_object();
  json.key("rewritten");
  json.number(report.tags_rewritten);
  json.end_object();
  json.key("signatures_removed");
  json.number(report.signatures_removed);
  json.key("refs");
  json.begin_array();
  for (const RefChange& ref : report.refs) {
    json.begin_object();
    json.key("name");
    json.string(ref.name);
    if (!is_utf8(ref.name)) {
      json.key("name_base64");
      json.string(base64(ref.name));
    }
    json.key("old");
    json.string(ref.old_oid.hex());
    json.key("new");
    ref.new_oid.is_zero() ? json.null() : json.string(ref.new_oid.hex());
    json.end_object();
  }
  json.end_array();
  json.key("maps");
  report.maps.empty() ? json.null() : json.string(report.maps);
  json.key("warnings");
  json.begin_array();
  for (const std::string& warning : report.warnings) json.string(warning);
  json.end_array();
  json.key("left_large");
  json.begin_array();
  for (const std::string& left : report.left_large) json.string(left);
  json.end_array();
  json.key("seconds");
  json.raw(fmt::format("{:.3f}", report.seconds));
  json.end_object();
  out += "\n";
  return out;
}

}  // namespace lfsguard::rewrite
