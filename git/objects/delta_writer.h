// Writes git's delta encoding (gitformat-pack, "Deltified representation"): copies out of a base and bytes of its own, in the result's order.
#pragma once

#include <string>
#include <string_view>

namespace lfsguard::git {

class DeltaWriter {
 public:
  DeltaWriter(size_t base_size, size_t result_size);
  // The next bytes of the result: `size` of the base's from `offset` on; or `bytes`, which must stay until finish(). Neighbours are joined.
  void copy(size_t offset, size_t size);
  void insert(std::string_view bytes);
  std::string finish();

 private:
  void put_size(size_t size);
  void flush();

  std::string delta_;
  size_t copy_offset_ = 0, copy_size_ = 0;
  std::string_view pending_;  // to be inserted
};

}  // namespace lfsguard::git
