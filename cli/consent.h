// The question before a command changes what cannot be changed back by hand.
#pragma once

#include <string>

#include "base/error.h"

namespace lfsguard::cli {

// Shows the plan and asks on the terminal; anything but a yes is a no (interrupted). Where there is no terminal nobody is asked, and nothing may be written
// (conflict): --yes is for that.
Status ask_for_leave(const std::string& plan, const std::string& question);

}  // namespace lfsguard::cli
