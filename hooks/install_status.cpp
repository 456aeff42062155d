#include "hooks/install_status.h"

#include <unistd.h>

#include "base/file_descriptor.h"
#include "hooks/install_global.h"
#include "hooks/install_place.h"
#include "hooks/install_stub.h"

namespace lfsguard::hooks {
namespace {

std::optional<StubFacts> stub_at(const std::string& path) {
  const auto text = read_file(path);
  return text ? stub_facts(*text) : std::nullopt;
}

// Named by git's configuration, with a command and not switched off.
bool is_configured(const config::GitConfig& config, const std::string& name) {
  const std::string key = "hook.lfsguard-" + name;
  const auto enabled = config.get_bool(key + ".enabled");
  return config.find(key + ".event") && config.find(key + ".command") && !(enabled && *enabled && !**enabled);
}

}  // namespace

Result<std::vector<HookState>> hook_states(const git::RepositoryLayout& layout, const config::GitConfig& config) {
  const HookPlace place = TRY(hook_place(layout, config));
  const bool config_hooks = TRY(git_has_config_hooks());
  std::vector<HookState> states;
  std::vector<std::string> names(std::begin(kClientHooks), std::end(kClientHooks));
  if (layout.bare) names = {"pre-push", std::string(kServerHook)};
  for (const std::string& name : names) {
    HookState state;
    state.name = name;
    const std::string path = place.folder + "/" + name, own = layout.common_dir + "/hooks/" + name;
    const auto stub = stub_at(path);
    if (stub) {
      state.guarded_by = place.owner == HookPlace::Owner::everywhere ? "all repositories" : "repository";
      state.path = path;
      const std::string kept = place.owner == HookPlace::Owner::everywhere ? own : path + ".d/" + name;
      state.kept = ::access(kept.c_str(), X_OK) == 0;
      if (::access(stub->hook_program.c_str(), X_OK) != 0)
        state.problem = stub->hook_program + " is missing; install lfsguard again";
      else if (::access(path.c_str(), X_OK) != 0)
        state.problem = path + " may not be run: chmod +x it";
    } else if (config_hooks && is_configured(config, name)) {
      state.guarded_by = "configuration";
    } else if (place.owner == HookPlace::Owner::foreign && foreign_hook_calls_lfsguard(place, layout, name)) {
      state.guarded_by = place.manager.empty() ? "its owner" : place.manager;
      state.path = path;
    } else if (place.owner == HookPlace::Owner::foreign && stub_at(own)) {
      state.problem = "the stub in " + own + " is bypassed: core.hooksPath (" + place.scope + ") is " + place.folder;
    } else if (place.owner == HookPlace::Owner::foreign && stub_at(everywhere_folder() + "/" + name)) {
      state.problem =
          "the hooks for all repositories are bypassed: core.hooksPath (" + place.scope + ") is " + place.folder;
    }
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace lfsguard::hooks
