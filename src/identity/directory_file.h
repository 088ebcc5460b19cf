// The file of the built-in identity service: YAML in, a Directory out. Pure; reads no file and checks no password.
// An unknown key is an error, because a misspelt `enabled` would silently let somebody in.
#pragma once

#include <string>

#include "base/result.h"
#include "identity/directory.h"

namespace tarn::identity {

// Errors: invalid, one line with the line number and the key; never with a password's hash.
//   domains:                       # "Default" (id default) is always there
//     - {name: Acme}
//   projects:
//     - {name: demo, domain: Acme, description: "", enabled: true, id: 0f3c…}
//   users:
//     - name: alice
//       domain: Acme               # Default when it is not said; so for projects
//       password_hash: "$y$…"      # what `tarn password` prints
//       enabled: true
//       roles:
//         - {role: member, project: demo, project_domain: Acme}    # the user's own domain when it is not said
//         - {role: admin, system: all}
//         - {role: reader, domain: Acme}
//   roles: [auditor]               # beside admin, manager, member, reader, service
//   token_seconds: 3600            # 60 to 86400
//   region: RegionOne
// An object without an `id` gets one from its kind, domain and name, the same at every start.
Result<Directory> parse_directory(const std::string& text);

}  // namespace tarn::identity
