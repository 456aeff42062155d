#include "git/objects/pack_file.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "git/objects/big_endian.h"
#include "git/objects/pack_layout.h"

namespace lfsguard::git {

Result<std::unique_ptr<PackFile>> PackFile::open(const std::string& path) {
  auto pack = std::make_unique<PackFile>();
  pack->path_ = path;
  pack->map_ = TRY(MappedFile::open(path));
  pack->index_ = TRY(PackIndex::open(pack->sibling(".idx")));
  const uint8_t* data = pack->map_.data();
  if (pack->map_.size() < 32 || read_be32(data) != 0x5041434b) return fail(pack->damage(0, "it does not begin with PACK"));
  const uint32_t version = read_be32(data + 4);
  if (version != 2 && version != 3) return fail(pack->damage(4, fmt::format("version {} is not known", version)));
  if (read_be32(data + 8) != pack->index_.count()) {
    return fail(pack->damage(8, fmt::format("it says {} objects, its index {}", read_be32(data + 8), pack->index_.count())));
  }
  if (std::memcmp(data + pack->end(), pack->index_.pack_checksum().data(), ObjectId::kSize) != 0)
    return fail(pack->damage(pack->end(), "its checksum is not the one that its index names; the pack may be cut short"));
  pack->promisor_ = ::access(pack->sibling(".promisor").c_str(), F_OK) == 0;
  return pack;
}

PackFile::PackFile() = default;
PackFile::~PackFile() = default;

Result<const PackLayout*> PackFile::layout() const {
  const std::lock_guard lock(layout_mutex_);
  if (!layout_) layout_ = std::make_unique<const PackLayout>(TRY(lay_out(*this)));
  return layout_.get();
}

Error PackFile::damage(uint64_t offset, const std::string& why) const {
  Error error{ErrorKind::corrupt, "pack is damaged", path_, "run 'git fsck --full', and fetch or copy the pack from a sound clone", {}};
  error.causes.push_back(fmt::format("at byte {}: {}", offset, why));
  return error;
}

}  // namespace lfsguard::git
