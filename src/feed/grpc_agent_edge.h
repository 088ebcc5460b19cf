// The agent's way to a server over gRPC, and the whole AgentFeed made of it. Lives on the agent's loop; gRPC's own
// threads end in a mailbox; nothing of gRPC is seen here.
#pragma once

#include <memory>
#include <string>

#include "feed/agent_client.h"
#include "feed/line.h"
#include "rt/loop.h"

namespace tarn::feed {

// `address` is "unix:/path" or "host:port". Destroying the dialer ends its lines and waits for gRPC, never for the
// loop.
std::unique_ptr<AgentDialer> make_grpc_dialer(rt::Loop& loop, std::string address);

// An AgentFeed with its own dialer. Destroying it ends the stream; no event follows.
std::unique_ptr<AgentFeed> make_grpc_agent_feed(rt::Loop& loop, rt::Choice& choice, std::string address,
                                                RedialDelays delays = {});

}  // namespace tarn::feed
