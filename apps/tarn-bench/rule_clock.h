// How long one rule takes from the request to its flow in the switch, over many rules of one group.
#pragma once

#include <vector>

#include "bench_cloud.h"

namespace tarn::bench {

// Milliseconds of each of `count` rules, each removed again. Errors: no port has a group; the API's; the switch's.
Result<std::vector<double>> time_rules(const BenchCloud& cloud, const std::string& group, int count);
// The group that ports have who name none.
Result<std::string> default_group(const BenchCloud& cloud);

}  // namespace tarn::bench
