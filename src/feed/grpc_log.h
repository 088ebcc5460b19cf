// What gRPC would write to stderr by itself: nothing but its failed assertions, which end the process.
// Called by both edges before they use gRPC; everything else is told in our own words, by the errors they return.
#pragma once

namespace tarn::feed {

void keep_grpc_quiet();

}  // namespace tarn::feed
