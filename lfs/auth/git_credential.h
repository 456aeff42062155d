// Questions to git's credential helpers (git-credential(1)): fill, approve, reject. git itself asks the person where no
// helper knows, by GIT_ASKPASS, SSH_ASKPASS or the terminal. Secrets pass through pipes only, never through arguments
// or files.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "lfs/net/url.h"

namespace lfsguard::lfs {

struct Credential {
  std::string protocol, host, path, username, password;
};

class CredentialHelper {
 public:
  virtual ~CredentialHelper() = default;
  // kind auth when nobody knows or the person declined.
  virtual Result<Credential> fill(const Url& url) = 0;
  virtual void approve(const Credential& credential) = 0;
  virtual void reject(const Credential& credential) = 0;
};

class GitCredential final : public CredentialHelper {
 public:
  // `directory`: where git finds the repository's configuration. `use_path`: credential.useHttpPath.
  GitCredential(std::string directory, bool use_path) : directory_(std::move(directory)), use_path_(use_path) {}
  Result<Credential> fill(const Url& url) override;
  void approve(const Credential& credential) override;
  void reject(const Credential& credential) override;

 private:
  std::string directory_;
  bool use_path_;
};

}  // namespace lfsguard::lfs
