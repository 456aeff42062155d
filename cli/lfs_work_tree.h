// `lfs checkout`, and the second half of `lfs pull`: pointers in the work tree become content, without going through
// git's filter (which would hold each file in memory).
//
// A file is written only where it is missing or still the pointer that the index holds; what somebody changed stays.
// Written beside its place and renamed; folders that are symbolic links are not followed. Then git refreshes the index.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lfs/filter/path_choice.h"
#include "lfs/transfer/client.h"
#include "lfs/transfer/pointer_listing.h"

namespace lfsguard::cli {

struct CheckoutReport {
  size_t written = 0;
  uint64_t bytes = 0;
  std::vector<std::string> missing;                   // paths whose object is not here
  std::vector<std::pair<std::string, Error>> failed;  // paths that could not be written
};

// Pointers of the index at paths with filter=lfs that are in the work tree (not left out by a sparse checkout).
Result<std::vector<lfs::ListedPointer>> pointers_to_check_out(const lfs::Client& client);

Result<CheckoutReport> check_out(const lfs::Client& client, const std::vector<lfs::ListedPointer>& pointers,
                                 const std::function<void(uint64_t bytes)>& advance);

// The content of one pointer at any place (`--to`), in place of what is there; a folder must be empty.
Status check_out_to(const lfs::Client& client, const lfs::ListedPointer& listed, const std::string& target);

}  // namespace lfsguard::cli
