// What tests do in a live cloud again and again: boot an instance, run a program inside it, wait until something holds.
// Plain functions over a LiveCloud; they keep nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "live/live_cloud.h"
#include "sandbox/instance.h"
#include "sandbox/process.h"

namespace tarn::testing {

// Boots an instance without a DHCP client and gives it the port's addresses by hand. CHECKs that it worked.
sandbox::Instance boot(LiveCloud& cloud, const std::string& name, const std::string& network, int host);

// A program inside an instance, or wherever `argv` itself goes. CHECKs that it could be started and ended in time.
sandbox::Finished run_inside(const LiveCloud& cloud, const std::string& instance, std::vector<std::string> argv);
sandbox::Finished run(const std::vector<std::string>& argv,
                      std::chrono::milliseconds timeout = std::chrono::seconds(60));

// Whether `address` answers one echo request of `instance`, which repeats it each half second for ten seconds.
bool reaches(const LiveCloud& cloud, const std::string& instance, const std::string& address);
bool reaches(const std::string& netns, const std::string& address);  // from any namespace

// Looks every 20 ms until `holds`; false when it does not within `timeout`.
bool await(const std::function<bool()>& holds, std::chrono::milliseconds timeout = std::chrono::seconds(15));

// {"error": ...} or what the agent explains of the port.
boost::json::object explain(const LiveCloud& cloud, int host, const std::string& port);
// Waits until all that the agent wants is in the switch's tables, and what the switch remembers of packets follows
// them.
bool in_sync(const LiveCloud& cloud, int host);

std::string text_at(const boost::json::value& object, const std::string& key);

}  // namespace tarn::testing
