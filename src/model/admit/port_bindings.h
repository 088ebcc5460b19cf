// Where a port may be besides its binding_host: what Nova asks for before it moves an instance. Request-only words of
// an update: `add_binding` and `change_binding`, {host, vnic_type?, profile?}; `remove_binding` and `activate_binding`,
// a host. The first binding of a port that is nowhere is its own at once.
#pragma once

#include <array>
#include <string_view>

#include "model/admit/draft.h"

namespace tarn::model::admission {

inline constexpr std::array<std::string_view, 4> binding_words = {"add_binding", "change_binding", "remove_binding",
                                                                  "activate_binding"};

// Does what these words say. Errors: BadRequest (no instance's port), PortBindingNotFound, PortBindingAlreadyExists,
// PortBindingAlreadyActive, PortBindingError (no agent there serves the network).
Status settle_bindings(const Draft& draft, const Request& request, Port& port);

}  // namespace tarn::model::admission
