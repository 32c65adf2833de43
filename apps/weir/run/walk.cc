// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/run/walk.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

#include "weir/base/utf8.h"

namespace weir {
namespace {

Error access_error(const std::string& path, int number) {
  const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::kNotFound
                         : number == EACCES || number == EPERM ? ErrorCode::kDenied
                         : number == ELOOP                     ? ErrorCode::kInvalid
                                                               : ErrorCode::kUnavailable;
  return {code, "cannot read " + printable(path) + ": " + std::strerror(number)};
}

class Walker {
 public:
  void visit(const std::string& path, bool named) {
    struct stat status;
    if (stat(path.c_str(), &status) != 0) {
      inputs_.push_back({path, access_error(path, errno)});
      return;
    }
    if (S_ISDIR(status.st_mode)) {
      if (entered_.emplace(status.st_dev, status.st_ino).second) enter(path);
    } else if (S_ISREG(status.st_mode)) {
      inputs_.push_back({path, std::nullopt});
    } else if (named) {
      inputs_.push_back(
          {path, Error{ErrorCode::kInvalid, printable(path) + " is neither a file nor a folder"}});
    }
  }

  std::vector<Input> take() { return std::move(inputs_); }

 private:
  void enter(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), closedir);
    if (folder == nullptr) {
      inputs_.push_back({path, access_error(path, errno)});
      return;
    }
    std::vector<std::string> names;
    for (const dirent* one = readdir(folder.get()); one != nullptr; one = readdir(folder.get())) {
      const std::string name = one->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    const std::string prefix = path.ends_with('/') ? path : path + "/";
    for (const std::string& name : names) visit(prefix + name, false);
  }

  std::vector<Input> inputs_;
  std::set<std::pair<dev_t, ino_t>> entered_;
};

}  // namespace

std::vector<Input> walk(const std::vector<std::string>& paths) {
  Walker walker;
  for (const std::string& path : paths) walker.visit(path, true);
  return walker.take();
}

}  // namespace weir
