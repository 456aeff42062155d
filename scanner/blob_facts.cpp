#include "scanner/blob_facts.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/thread_pool.h"

namespace lfsguard::scanner {
namespace {

constexpr size_t kBinaryProbe = 8000;  // as git's buffer_is_binary

}  // namespace

void SurveyedBlobs::add(const ObjectId& oid, BlobFacts facts) {
  const auto [position, fresh] = index_.insert(oid, static_cast<uint32_t>(facts_.size()));
  if (fresh) {
    facts_.push_back(std::move(facts));
    return;
  }
  facts.large = facts_[*position].large;
  facts_[*position] = std::move(facts);
}

void SurveyedBlobs::add_large(const std::vector<git::SizedBlob>& blobs) {
  for (const git::SizedBlob& blob : blobs) add(blob.oid, {BlobFacts::Kind::ordinary, true, blob.size, std::nullopt});
}

BlobFacts classify_small(std::string_view content) {
  BlobFacts facts{BlobFacts::Kind::ordinary, false, content.size(), std::nullopt};
  if (content.empty() || content.size() >= lfs::kPointerSizeLimit) return facts;
  // Cheap first: every form begins with "version" after blank lines.
  size_t at = 0;
  while (at < content.size() && std::strchr(" \t\r\n\v\f", content[at])) ++at;
  if (content.substr(at, 7) != "version") return facts;
  lfs::ParsedPointer parsed = lfs::parse_pointer(content);
  if (parsed.kind == lfs::PointerKind::canonical) {
    facts.kind = BlobFacts::Kind::pointer;
    facts.pointer = std::move(parsed.pointer);
  } else if (lfs::nearly_pointer(content)) {
    facts.kind = BlobFacts::Kind::near_pointer;
    if (parsed.is_pointer()) facts.pointer = std::move(parsed.pointer);
  }
  return facts;
}

Status SurveyedBlobs::add_small(const git::ObjectDatabase& database, const std::vector<git::SizedBlob>& blobs) {
  std::mutex mutex;
  std::optional<Error> error;
  std::vector<std::pair<ObjectId, BlobFacts>> pointers;
  parallel_for(blobs.size(), 2048, [&](size_t begin, size_t end, unsigned) {
    git::ObjectReader reader(database, 24u << 20);
    for (size_t i = begin; i < end; ++i) {
      auto object = reader.read(blobs[i].oid);
      if (!object) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::move(object).error();
        return;
      }
      BlobFacts facts = classify_small(object->view());
      if (facts.kind == BlobFacts::Kind::ordinary) continue;
      const std::lock_guard lock(mutex);
      pointers.emplace_back(blobs[i].oid, std::move(facts));
    }
  });
  if (error) return fail(std::move(*error));
  for (auto& [oid, facts] : pointers) add(oid, std::move(facts));
  return {};
}

Result<BlobFacts> BlobOracle::facts(const ObjectId& oid) {
  if (surveyed_) {
    const BlobFacts* found = surveyed_->find(oid);
    return found ? *found : BlobFacts{};
  }
  const auto [slot, fresh] = known_.try_emplace(oid);
  if (!fresh) return slot->second;
  BlobFacts& facts = slot->second;
  auto header = reader_.header(oid);
  if (!header) {
    if (header.error().kind != ErrorKind::not_found) return fail(std::move(header).error());
    facts.kind = BlobFacts::Kind::missing;
    return facts;
  }
  facts.size = header->size;
  facts.large = facts.size >= large_from_;
  if ((pointers_ || facts.large) && facts.size > 0 && facts.size < lfs::kPointerSizeLimit) {
    const git::Object object = TRY(reader_.read(oid));
    BlobFacts small = classify_small(object.view());
    facts.kind = small.kind;
    facts.pointer = std::move(small.pointer);
  }
  return facts;
}

Result<uint64_t> BlobOracle::size(const ObjectId& oid) {
  const BlobFacts known = TRY(facts(oid));
  if (known.kind != BlobFacts::Kind::ordinary || known.large || !surveyed_) return known.size;
  auto header = reader_.header(oid);
  if (!header) {
    if (header.error().kind == ErrorKind::not_found) return 0;
    return fail(std::move(header).error());
  }
  return header->size;
}

Result<bool> BlobOracle::is_binary(const ObjectId& oid) {
  const auto [slot, fresh] = binary_.try_emplace(oid, false);
  if (!fresh) return slot->second;
  const auto prefix = reader_.prefix(oid, kBinaryProbe);
  if (!prefix) {
    if (prefix.error().kind == ErrorKind::not_found) return false;
    return fail(prefix.error());
  }
  slot->second = prefix->find('\0') != std::string::npos;
  return slot->second;
}

}  // namespace lfsguard::scanner
