#include "base/table_memory.h"

#include <stdlib.h>

#include <filesystem>
#include <numeric>
#include <string>

#include "base/big_vector.h"
#include "tests/support/catch.h"

namespace lfsguard {
namespace {

struct NoLimit {
  ~NoLimit() { table_memory::set_limit(UINT64_MAX, ""); }
};

struct TemporaryFolder {
  TemporaryFolder() {
    std::string name = "/tmp/lfsguard-test-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

BigVector<uint64_t> counted(size_t count) {
  BigVector<uint64_t> values(count);
  std::iota(values.begin(), values.end(), uint64_t{0});
  return values;
}

uint64_t sum(const BigVector<uint64_t>& values) { return std::accumulate(values.begin(), values.end(), uint64_t{0}); }

TEST_CASE("tables beyond the limit lie in a file without a name, hold what was put into them, and leave nothing") {
  const NoLimit afterwards;
  const TemporaryFolder folder;
  constexpr uint64_t kCount = 1u << 20;  // 8 MiB
  table_memory::set_limit(12u << 20, folder.path);
  {
    const BigVector<uint64_t> within = counted(kCount);
    CHECK(table_memory::spilled() == 0);
    BigVector<uint64_t> beyond = counted(kCount);
    CHECK(table_memory::spilled() == kCount * 8);
    CHECK(std::filesystem::is_empty(folder.path));
    CHECK(sum(within) == kCount * (kCount - 1) / 2);
    CHECK(sum(beyond) == kCount * (kCount - 1) / 2);
    for (uint64_t i = 0; i < 10; ++i) beyond.push_back(i);  // grows, copies, gives the old one back
    CHECK(sum(beyond) == kCount * (kCount - 1) / 2 + 45);
  }
  CHECK(table_memory::spilled() == 0);
  const BigVector<uint64_t> again = counted(kCount);
  CHECK(table_memory::spilled() == 0);
}

TEST_CASE("where no file can be made memory is taken after all") {
  const NoLimit afterwards;
  table_memory::set_limit(0, "/proc/no/such/folder");
  const BigVector<uint64_t> values = counted(1u << 19);
  CHECK(table_memory::spilled() == 0);
  CHECK(values.back() == (1u << 19) - 1);
}

TEST_CASE("small vectors are no tables") {
  const NoLimit afterwards;
  const TemporaryFolder folder;
  table_memory::set_limit(0, folder.path);
  const BigVector<uint64_t> values = counted(1000);
  CHECK(table_memory::spilled() == 0);
  CHECK(values.back() == 999);
}

}  // namespace
}  // namespace lfsguard
