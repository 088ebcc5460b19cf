// Which API a command asks: a sandbox's, as its administrator, or any other, with the token in OS_TOKEN.
// Belongs to the command that asks; nothing is connected before it does.
#pragma once

#include "api/http_client.h"
#include "commands.h"

namespace tarn::cli {

struct Asked {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the sandbox's, or 9696 where there is none
};

// Adds --address and --port.
void add_api_options(CLI::App& command, Asked& asked);

// `asked.port` is afterwards the one that is asked.
api::HttpClient client_of(const Common& common, Asked& asked);

}  // namespace tarn::cli
