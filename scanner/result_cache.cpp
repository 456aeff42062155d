#include "scanner/result_cache.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/durable_file.h"
#include "base/file_descriptor.h"
#include "base/version.h"
#include "git/objects/loose_object.h"
#include "git/process/installed_git.h"

namespace lfsguard::scanner {
namespace {

constexpr uint64_t kForm = 2;  // raised when what is kept, or how a finding is worded, changes within a version
constexpr size_t kKept = 8;  // answers, of different flags or moments

class Writer {
 public:
  void number(uint64_t value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view value) {
    number(value.size());
    bytes.append(value);
  }
  void oid(const std::optional<ObjectId>& value) { text(value ? value->raw() : std::string_view()); }
  std::string bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  uint64_t number() {
    uint64_t value = 0;
    if (rest_.size() < sizeof value) {
      sound = false;
      return 0;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    const uint64_t size = number();
    if (size > rest_.size()) {
      sound = false;
      return {};
    }
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }
  std::optional<ObjectId> oid() {
    const std::string raw = text();
    return raw.size() == ObjectId::kSize ? std::optional(ObjectId::from_raw(raw.data())) : std::nullopt;
  }
  bool at_end() const { return rest_.empty(); }
  bool sound = true;

 private:
  std::string_view rest_;
};

void write_findings(Writer& out, const std::vector<Finding>& findings) {
  out.number(findings.size());
  for (const Finding& f : findings) {
    out.number(static_cast<uint64_t>(f.rule));
    out.number(static_cast<uint64_t>(f.severity));
    out.text(f.path);
    out.oid(f.blob);
    out.number(f.size);
    out.number(f.limit);
    out.oid(f.commit);
    out.number(f.refs);
    for (const std::string* text : {&f.remedy, &f.message, &f.limit_source, &f.commit_subject, &f.reason}) out.text(*text);
    out.number(static_cast<uint64_t>(f.commit_date));
  }
}

std::vector<Finding> read_findings(Reader& in) {
  std::vector<Finding> findings;
  for (uint64_t left = in.number(); left > 0 && in.sound; --left) {
    Finding f;
    f.rule = static_cast<config::Rule>(in.number() % config::kRuleCount);
    f.severity = static_cast<config::Severity>(in.number() % 3);
    f.path = in.text();
    f.blob = in.oid();
    f.size = in.number();
    f.limit = in.number();
    f.commit = in.oid();
    f.refs = static_cast<uint32_t>(in.number());
    for (std::string* text : {&f.remedy, &f.message, &f.limit_source, &f.commit_subject, &f.reason}) *text = in.text();
    f.commit_date = static_cast<int64_t>(in.number());
    findings.push_back(std::move(f));
  }
  return findings;
}

void add_refs(Writer& key, const std::vector<ScopeRef>& refs) {
  key.number(refs.size());
  for (const ScopeRef& ref : refs) {
    key.text(ref.name);
    key.text(ref.oid.raw());
  }
}

}  // namespace

ResultCache::ResultCache(const git::RepositoryLayout& layout, const git::ObjectDatabase& database, const PathPolicy& policy,
                         const std::vector<ScopeRef>& scope, const std::vector<ScopeRef>& all, bool ignore_case)
    : folder_(layout.private_dir() + "/cache") {
  Writer key;
  key.text(kVersion);
  key.number(kForm);
  key.number(policy.policy().fingerprint());
  key.text(policy.policy().limit_source);
  key.text(today_utc());
  key.number(ignore_case);
  key.text(git::installed_git_stamp());  // attributes are read as that git reads them
  add_refs(key, scope);
  add_refs(key, all);
  for (const char* file : {"/info/attributes", "/shallow"}) key.text(read_file(layout.common_dir + file).value_or(""));
  for (const auto& source : database.sources()) {
    for (const auto& pack : source.packs) key.text(pack->index().pack_checksum());
    for (unsigned prefix = 0; prefix < 256; ++prefix) {
      auto ids = git::list_loose_objects(source.directory, prefix);
      if (!ids) continue;
      std::sort(ids->begin(), ids->end());
      for (const ObjectId& id : *ids) key.text(id.raw());
    }
  }
  const XXH128_hash_t hash = XXH3_128bits(key.bytes.data(), key.bytes.size());
  path_ = folder_ + fmt::format("/history-{:016x}{:016x}", hash.high64, hash.low64);
}

std::optional<ScanResult> ResultCache::load() const {
  const auto bytes = read_file(path_);
  if (!bytes || bytes->size() < 8) return std::nullopt;
  uint64_t checksum;
  std::memcpy(&checksum, bytes->data() + bytes->size() - 8, 8);
  if (XXH3_64bits(bytes->data(), bytes->size() - 8) != checksum) return std::nullopt;
  Reader in(std::string_view(*bytes).substr(0, bytes->size() - 8));
  ScanResult result;
  result.threshold = in.number();
  for (uint64_t* value : {&result.scanned.objects, &result.scanned.blobs, &result.scanned.packs, &result.scanned.loose, &result.unreachable_blobs,
                          &result.unreachable_bytes})
    *value = in.number();
  for (uint64_t groups = in.number(); groups > 0 && in.sound; --groups) {
    std::vector<std::string> group;
    for (uint64_t names = in.number(); names > 0 && in.sound; --names) group.push_back(in.text());
    result.ref_groups.push_back(std::move(group));
  }
  result.findings = read_findings(in);
  result.allowed = read_findings(in);
  if (!in.sound || !in.at_end()) return std::nullopt;
  for (const auto* list : {&result.findings, &result.allowed})
    for (const Finding& finding : *list)
      if (finding.refs >= result.ref_groups.size()) return std::nullopt;
  result.scanned.cached = true;
  return result;
}

void ResultCache::store(const ScanResult& result) const {
  if (!result.incomplete.empty() || !make_directories(folder_)) return;
  Writer out;
  out.number(result.threshold);
  for (const uint64_t value : {result.scanned.objects, result.scanned.blobs, result.scanned.packs, result.scanned.loose, result.unreachable_blobs,
                               result.unreachable_bytes})
    out.number(value);
  out.number(result.ref_groups.size());
  for (const auto& group : result.ref_groups) {
    out.number(group.size());
    for (const std::string& name : group) out.text(name);
  }
  write_findings(out, result.findings);
  write_findings(out, result.allowed);
  out.number(XXH3_64bits(out.bytes.data(), out.bytes.size()));
  if (!replace_file_durably(path_, out.bytes)) return;

  std::vector<std::pair<int64_t, std::string>> kept;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(folder_.c_str()), ::closedir);
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    struct stat info {};
    const std::string path = folder_ + "/" + entry->d_name;
    if (std::string_view(entry->d_name).starts_with("history-") && ::stat(path.c_str(), &info) == 0)
      kept.emplace_back(info.st_mtim.tv_sec * 1000000000ll + info.st_mtim.tv_nsec, path);
  }
  std::sort(kept.begin(), kept.end());
  for (size_t i = 0; i + kKept < kept.size(); ++i) ::unlink(kept[i].second.c_str());
}

}  // namespace lfsguard::scanner
