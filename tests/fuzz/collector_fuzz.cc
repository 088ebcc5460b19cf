// Words that name a collector of flows, as the agent's options give them.
#include <string>

#include "base/check.h"
#include "domain/flow_export.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tarn::domain::FlowExport;
  const auto collector = FlowExport::collector(std::string(reinterpret_cast<const char*>(data), size));
  // What is understood is written in one way.
  if (collector) CHECK(FlowExport::collector(*collector) == *collector);
  return 0;
}
