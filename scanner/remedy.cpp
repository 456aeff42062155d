#include "scanner/remedy.h"

#include <fmt/format.h>

#include "base/byte_size.h"
#include "base/json_writer.h"
#include "git/attributes/pattern_writer.h"
#include "scanner/control_file.h"

namespace lfsguard::scanner {

using config::Rule;

std::string shell_word(std::string_view text) {
  static constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+^";
  // What a terminal would not show as it is, or a report could not hold, is written as escapes.
  const bool bytes = !is_utf8(text);
  bool plain = !text.empty(), control = bytes;
  for (const char c : text) {
    if (kPlain.find(c) == std::string_view::npos) plain = false;
    if (static_cast<unsigned char>(c) < 32 || c == 127) control = true;
  }
  if (plain) return std::string(text);
  std::string word = control ? "$'" : "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!control) {
      if (c == '\'')
        word += "'\\''";
      else
        word += c;
    } else if (byte < 32 || byte == 127 || (bytes && byte > 127)) {
      word += fmt::format("\\{:03o}", byte);
    } else {
      if (c == '\'' || c == '\\') word += '\\';
      word += c;
    }
  }
  return word + "'";
}

std::string anchored_pattern(std::string_view path) {
  std::string pattern = "/";
  for (size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (std::string_view("\\*?[").find(c) != std::string_view::npos || (c == ' ' && i + 1 == path.size())) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string drop_refs_command(const std::vector<std::string>& refs, const ObjectId& blob) {
  constexpr std::string_view kTags = "refs/tags/";
  std::string tags, others;
  for (const std::string& ref : refs) {
    if (ref.starts_with(kTags)) {
      tags += " " + shell_word(std::string_view(ref).substr(kTags.size()));
    } else {
      others += (others.empty() ? "" : " && ") + ("git update-ref -d " + shell_word(ref));
    }
  }
  if (tags.empty() && others.empty()) return "git for-each-ref --points-at " + blob.hex();
  if (tags.empty()) return others;
  return "git tag -d" + tags + (others.empty() ? "" : " && " + others);
}

namespace {

std::string toml_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 || byte == 127)
      escaped += fmt::format("\\u{:04x}", byte);
    else
      escaped.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
  }
  return escaped;
}

std::string rewrite_command(const Finding& finding) { return "lfsguard rewrite --include " + shell_word(anchored_pattern(finding.path)); }

// The pattern must be in the commit as well. What is staged already is made a pointer of by --renormalize alone.
std::string track_command(const Finding& finding, Source source) {
  const std::string track = "lfsguard track " + shell_word(anchored_pattern(finding.path)), path = shell_word(finding.path);
  if (source == Source::worktree) return track + " && git add -- .gitattributes " + path;
  return track + " && git add .gitattributes && git add --renormalize -- " + path;
}

std::string allow_command(const Finding& finding) {
  return "printf '%s\\n' '[[allow]]' " + shell_word("path = \"" + toml_escaped(anchored_pattern(finding.path)) + "\"") +
         " 'reason = \"read as it is stored\"' >>.lfsguard.toml && git add .lfsguard.toml";
}

// A line that takes the path away from LFS again, for what must stay as it is.
std::string uncover_command(const Finding& finding) {
  return "printf '%s\\n' " + shell_word(attributes::exact_pattern(finding.path) + " !filter !diff !merge") + " >>.gitattributes && git add -- .gitattributes " + shell_word(finding.path);
}

}  // namespace

void explain(Finding& finding, bool symlink, const PathPolicy& policy, Source source) {
  const bool committed = source != Source::staged && source != Source::worktree;
  const std::string size = format_byte_size(finding.size), limit = format_byte_size(finding.limit);
  switch (finding.rule) {
    case Rule::oversize:
      finding.limit_source = policy.threshold_source(finding.path);
      if (finding.severity == config::Severity::warning && policy.policy().warn == finding.limit) finding.limit_source = "warn";
      if (policy.allows_growth() && finding.limit == policy.host_reject() && finding.limit != policy.threshold(finding.path))
        finding.limit_source = policy.host_reject_profile();
      if (finding.path.empty()) {
        finding.message = fmt::format("A tag names a blob of {}, at or over the limit of {}; no tree holds it, so LFS cannot.", size, limit);
        finding.remedy = drop_refs_command({}, *finding.blob);
      } else if (symlink) {
        finding.message = fmt::format("The symbolic link holds a target of {}, at or over the limit of {}; LFS cannot hold symbolic links.", size, limit);
        finding.remedy = "git rm --cached -- " + shell_word(finding.path) + "  # LFS cannot hold symbolic links";
      } else if (is_control_file(finding.path)) {
        finding.message = fmt::format("The file has {}, at or over the limit of {}; it is read as it is stored, so LFS cannot hold it.", size, limit);
        finding.remedy = allow_command(finding);
      } else if (finding.limit == 1 && policy.always_lfs(finding.path) && policy.threshold(finding.path) > finding.size) {
        finding.limit_source = "track";
        finding.message = fmt::format("The settings' track puts this path into LFS whatever its size; the file of {} is not.", size);
        finding.remedy = committed ? rewrite_command(finding) : track_command(finding, source);
      } else {
        finding.message = fmt::format("The file has {}, at or over the limit of {}, and is not in LFS.", size, limit);
        finding.remedy = committed ? rewrite_command(finding) : track_command(finding, source);
      }
      break;
    case Rule::raw_in_lfs:
      finding.limit_source = policy.threshold_source(finding.path);
      if (is_control_file(finding.path)) {
        finding.message = fmt::format("A pattern covers this file of {}, which is read as it is stored, so LFS cannot hold it.", size);
        finding.remedy = uncover_command(finding);
        break;
      }
      finding.message = fmt::format("The path is tracked by LFS, but the file of {} was stored in git itself instead of a pointer.", size);
      finding.remedy = committed ? rewrite_command(finding) : "git add --renormalize -- " + shell_word(finding.path);
      break;
    case Rule::binary:
      finding.message = fmt::format("The file of {} is binary and not in LFS; the host refuses such files.", size);
      finding.remedy = committed ? rewrite_command(finding) : track_command(finding, source);
      break;
    case Rule::bad_pointer:
      finding.limit_source = policy.threshold_source(finding.path);
      finding.message = "The file looks like an LFS pointer but is not in canonical form.";
      // A filter passes such a pointer through as it is: the hook's fix writes it anew, or the filter makes one of the content.
      finding.remedy = committed ? "lfsguard lfs pull && git add --renormalize -- " + shell_word(finding.path)
                                 : "LFSGUARD_MODE=fix LFSGUARD_RULES_BAD_POINTER=error lfsguard hook pre-commit";
      break;
    case Rule::uncovered_pointer:
      finding.message = "The file is an LFS pointer at a path that no pattern in .gitattributes covers, so a checkout leaves the pointer.";
      finding.remedy = "lfsguard track " + shell_word(anchored_pattern(finding.path)) + " && git add .gitattributes";
      break;
    case Rule::missing_object:
      finding.message = fmt::format("The LFS object of {} that this pointer names is not in the store.", size);
      finding.remedy = source == Source::quarantine ? "lfsguard lfs push --all origin" : "lfsguard lfs fetch --all";
      break;
    case Rule::lfs_oversize:
      finding.limit_source = policy.lfs_object_profile();
      finding.message = fmt::format("The LFS object has {}, over the host's limit of {} for one object.", size, limit);
      finding.remedy = "split -b " + std::to_string(finding.limit) + " -- " + shell_word(finding.path);
      break;
    case Rule::too_many_entries:
      finding.message = fmt::format("The directory has {} entries, over the host's limit of {}.", finding.size, finding.limit);
      finding.remedy = finding.path == "/" ? "mkdir part-2 && git mv PREFIX* part-2/"
                                           : "mkdir " + shell_word(finding.path + "-2") + " && git mv " + shell_word(finding.path) + "/PREFIX* " + shell_word(finding.path + "-2/");
      break;
    case Rule::push_too_big:
      finding.message = fmt::format("This push would send about {}, over the host's limit of {} for one push.", size, limit);
      finding.remedy = "git push REMOTE COMMIT:refs/heads/BRANCH";
      break;
    case Rule::attributes_ignored:
      // Of lines that name a directory; what is to be staged is said where it was found.
      if (finding.remedy.empty()) {
        finding.remedy = "sed -i -E '/filter=/s,^([^#[:space:]]+/)([[:space:]]),\\1**\\2,' " + shell_word(finding.path) + " && git add -- " + shell_word(finding.path);
      }
      break;
  }
}

}  // namespace lfsguard::scanner
