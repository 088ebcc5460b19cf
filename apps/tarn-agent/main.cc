// tarn-agent: wiring only. Reads the journal, opens the lines to the switch, the database and the servers, and lets the
// brain run. Ends on SIGTERM without touching anything: what it keeps goes on without it.
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <filesystem>

#include "agent/control.h"
#include "agent/record_file.h"
#include "feed/grpc_agent_edge.h"
#include "feed/journal_file.h"
#include "host/bgp_daemon.h"
#include "host/file_directory.h"
#include "host/openflow_driver.h"
#include "host/ovsdb_driver.h"
#include "options.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"
#include "rt/line_server.h"
#include "rt/thread_pool.h"

namespace tarn::agent {
namespace {

int failed(const Error& error) {
  spdlog::error("{}", error.message);
  return EXIT_FAILURE;
}

Status prepare(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.state_dir, error);
  if (error) {
    return fail(ErrorCode::unavailable, "cannot use the state folder " + options.state_dir + ": " + error.message());
  }
  return {};
}

BrainSettings settings_of(const Options& options, const rt::Clock& clock) {
  BrainSettings settings;
  settings.node = options.node;
  settings.version = TARN_VERSION;
  settings.started_at_ms = clock.wall().unix_ms;
  settings.lanes.writes = options.forbid_writes ? reconcile::Writes::forbid : reconcile::Writes::allow;
  return settings;
}

std::optional<Remembered> remembered(Result<feed::Journal> journal) {
  if (journal) {
    spdlog::info("journal: revision {}", journal->revision);
    return Remembered{std::move(journal->slice), journal->revision};
  }
  if (journal.error().code != ErrorCode::not_found) spdlog::warn("{}", journal.error().message);
  return std::nullopt;
}

// Into the file that was named, or among what the agent says itself.
SecurityLog::Sink sink_of(const std::unique_ptr<RecordFile>& file) {
  if (file == nullptr) return [](const std::string& record) { spdlog::info("security group: {}", record); };
  return [&file](std::string record) { file->append(std::move(record)); };
}

int run(const Options& options) {
  if (const Status ready = prepare(options); !ready) return failed(ready.error());
  rt::Seeded choice(rt::entropy());
  rt::AsioLoop loop;
  rt::AsioDialer dialer(loop);
  host::OvsdbDriver database(loop, dialer, choice, {options.ovs_rundir + "/db.sock", options.node.integration_bridge});
  host::OpenflowDriver switch_flows(loop, dialer, choice,
                                    options.ovs_rundir + "/" + options.node.integration_bridge + ".mgmt");
  rt::ThreadPool disk("service-files", 1, 8);  // of two lanes, a listing and a batch each
  host::InstanceDirectory instances(loop, disk, options.state_dir + "/instances");
  host::NameDirectory names(loop, disk, options.state_dir + "/names");
  host::BgpDaemon bgp(loop, dialer, choice, options.bgp_socket);
  const std::unique_ptr<feed::AgentFeed> servers = feed::make_grpc_agent_feed(loop, choice, options.feed);
  feed::JournalKeeper journal(loop, options.state_dir + "/journal",
                              [](const std::string& warning) { spdlog::warn("{}", warning); });
  std::unique_ptr<RecordFile> records;
  if (!options.security_log.empty())
    records = std::make_unique<RecordFile>(loop, options.security_log,
                                           [](const std::string& warning) { spdlog::warn("{}", warning); });
  BrainSettings settings = settings_of(options, loop.clock());
  settings.record = sink_of(records);
  Brain brain(loop, choice, database, switch_flows, {instances, names}, bgp, *servers, std::move(settings));
  Control control(loop, brain);
  const auto socket = rt::LineServer::listen(
      loop, options.control,
      [&](std::string request, rt::LineServer::Reply reply) { control.ask(request, std::move(reply)); });
  if (!socket) return failed(socket.error());
  loop.on_signal({SIGTERM, SIGINT}, [&](int) { loop.stop(); });

  database.start();
  bgp.start();
  // Read while the switch and the database are asked what they have.
  journal.read(options.node.host, [&](Result<feed::Journal> read) {
    brain.start(remembered(std::move(read)), [&](const model::Slice& slice, model::Revision revision) {
      journal.keep({options.node.host, revision, slice});
    });
  });
  std::printf("tarn-agent ready host=%s control=%s\n", options.node.host.c_str(), options.control.c_str());
  std::fflush(stdout);
  loop.run();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace tarn::agent

int main(int argc, char** argv) {
  int exit_code = EXIT_SUCCESS;
  const std::optional<tarn::agent::Options> options = tarn::agent::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  spdlog::set_default_logger(spdlog::stderr_logger_st("tarn-agent"));
  spdlog::set_level(spdlog::level::from_str(options->log_level));
  return tarn::agent::run(*options);
}
