#include "wired_outside.h"

#include "guest_settings.h"

namespace tarn::bench {
namespace {

constexpr const char* address = "203.0.113.50";

}  // namespace

Result<std::unique_ptr<WiredOutside>> WiredOutside::raise() {
  Result<std::unique_ptr<BareHosts>> bare = BareHosts::raise("wire" + std::to_string(getpid()), 1);
  if (!bare) return std::unexpected(bare.error());
  std::unique_ptr<WiredOutside> wired(new WiredOutside(std::move(*bare)));
  if (Status started = wired->start(); !started) return std::unexpected(started.error());
  return wired;
}

Status WiredOutside::start() {
  if (Status done = outside_.raise(bare_->layout()); !done) return done;
  const sandbox::Host host = bare_->hosts().front();
  const auto patch = [](const std::string& bridge, const std::string& here, const std::string& there) -> sandbox::Argv {
    return {"--", "add-port", bridge, here, "--", "set", "Interface", here, "type=patch", "options:peer=" + there};
  };
  sandbox::Argv words = patch("br-int", "outwards", "inwards");
  for (const std::string& word : patch(sandbox::provider_bridge, "inwards", "outwards")) words.push_back(word);
  if (auto joined = sandbox::must_run(host.vsctl(words)); !joined) return std::unexpected(joined.error());
  if (auto told = sandbox::must_run(host.ofctl({"add-flow", "br-int", "actions=NORMAL"})); !told)
    return std::unexpected(told.error());
  Result<PathEnd> end = bare_->plug(1);
  if (!end) return std::unexpected(end.error());
  instance_ = *end;
  const sandbox::Upstream& upstream = outside_.upstream();
  if (Status done = BareHosts::readdress(instance_, Ip::parse(address).value(), upstream.prefix_length); !done)
    return done;
  if (Status done = set_gateway(instance_, Ip::parse(upstream.address).value()); !done) return done;
  if (Status done = leave_room_for_tunnels(instance_); !done) return done;
  return await_answer(instance_, outside_.ends().front().address);
}

Path WiredOutside::path(Travel travel) const {
  return {instance_, outside_.ends().front(), travel, {{"instance's", bare_->hosts().front()}}};
}

}  // namespace tarn::bench
