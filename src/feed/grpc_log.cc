#include "feed/grpc_log.h"

#include <grpc/support/log.h>

#include <cstdio>
#include <string_view>

namespace tarn::feed {
namespace {

void say_assertions(gpr_log_func_args* line) {
  if (std::string_view(line->message).starts_with("assertion failed")) {
    std::fprintf(stderr, "gRPC: %s:%d: %s\n", line->file, line->line, line->message);
  }
}

}  // namespace

void keep_grpc_quiet() {
  gpr_set_log_function(say_assertions);
}

}  // namespace tarn::feed
