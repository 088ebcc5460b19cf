#include "server/server.h"

#include <malloc.h>
#include <sys/stat.h>

#include <charconv>
#include <filesystem>

#include "api/http_server.h"
#include "api/networking.h"
#include "feed/grpc_server_edge.h"
#include "rt/asio_stream.h"
#include "rt/thread_pool.h"
#include "server/cloud.h"
#include "store/sqlite_store.h"

namespace tarn::server {
namespace {

constexpr std::chrono::minutes load_patience{10};  // for a store as large as a disk can hold

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

Result<Endpoint> endpoint_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string digits = colon == std::string::npos ? "" : text.substr(colon + 1);
  Endpoint endpoint{text.substr(0, colon), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return fail(ErrorCode::invalid, "--api " + text + " is not ADDRESS:PORT");
  }
  if (endpoint.address.starts_with('[') && endpoint.address.ends_with(']')) {
    endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
  }
  return endpoint;
}

Status make_state_dir(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  std::filesystem::create_directories(path, error);
  if (error) {
    return fail(ErrorCode::forbidden,
                "cannot make the state directory " + path + ": " + error.message() + "; choose another --state-dir");
  }
  ::chmod(path.c_str(), S_IRWXU);
  return {};
}

class Running final : public Server {
 public:
  Running(rt::AsioLoop& loop, Options options)
      : loop_(loop), options_(std::move(options)), choice_(rt::entropy()), stopper_("stop", 1, 1) {}
  ~Running() override {
    http_.reset();
    edge_.reset();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  Status start() {
    if (Status made = make_state_dir(options_.state_dir); !made) return made;
    if (Status opened = open_ledger(); !opened) return opened;
    desk_ = std::make_unique<AgentDesk>(loop_, choice_, *ledger_, options_.log);
    feed_ = std::make_unique<feed::ServerFeed>(ledger_->snapshot(), desk_->hooks());
    ledger_->observe_health([this](const std::optional<Error>& trouble) {
      options_.log(trouble ? trouble->message : "the store takes writes again");
    });
    if (Status made = make_nova(); !made) return made;
    ledger_->observe([this](const store::SnapshotPointer& before, const store::SnapshotPointer& after) {
      feed_->advance(after);
      if (nova_) nova_->notifier().see(*before, *after);
    });
    cloud_ =
        std::make_unique<LedgerCloud>(loop_, *ledger_, *desk_, options_.limits, choice_.bits(), LedgerCloud::Bounds{});
    if (Status listening = listen_for_agents(); !listening) return listening;
    auto identity = IdentityParts::make(
        std::move(options_.identity), options_.state_dir,
        [&loop = loop_, log = options_.log](const std::string& line) { loop.post([log, line] { log(line); }); });
    if (!identity) return fail(identity.error());
    identity_ = std::move(*identity);
    return listen_for_clients();
  }

  void stop(std::function<void()> stopped) override {
    const bool taken = stopper_.run([this, stopped = std::move(stopped)] {
      http_.reset();
      loop_.post(stopped);
    });
    if (!taken) options_.log("already stopping");
  }
  [[nodiscard]] std::string api() const override { return api_; }
  [[nodiscard]] std::string feed() const override { return edge_->address(); }

 private:
  Status open_ledger() {
    auto opened = store::SqliteStore::open(loop_, options_.state_dir + "/state.db");
    if (!opened) return fail(opened.error());
    store_ = std::move(*opened);
    std::optional<Result<std::unique_ptr<store::Ledger>>> loaded;
    store::Ledger::open(loop_, *store_, choice_, options_.limits, {},
                        [&loaded](auto result) { loaded = std::move(result); });
    if (!loop_.run_until([&loaded] { return loaded.has_value(); }, load_patience)) {
      return fail(ErrorCode::unavailable, "the store in " + options_.state_dir + " did not answer");
    }
    if (!*loaded) return fail(loaded->error());
    ledger_ = std::move(**loaded);
    ::malloc_trim(0);  // the rows' texts and their trees are not needed again
    return {};
  }

  Status make_nova() {
    if (!options_.nova) return {};
    auto nova = NovaParts::make(loop_, choice_, std::move(*options_.nova), options_.log);
    if (!nova) return fail(nova.error());
    nova_ = std::move(*nova);
    nova_->notifier().recall(*ledger_->snapshot());
    return {};
  }

  Status listen_for_agents() {
    const std::string address = options_.feed.empty()
                                    ? "unix:" + std::filesystem::absolute(options_.state_dir).string() + "/feed.sock"
                                    : options_.feed;
    if (address.starts_with("unix:") && address.size() - 5 > rt::socket_path_bytes_max) {
      return fail(ErrorCode::invalid, "the socket path " + address.substr(5) + " is longer than " +
                                          std::to_string(rt::socket_path_bytes_max) + " bytes; choose another --feed");
    }
    auto edge = feed::GrpcServerEdge::listen(loop_, *feed_, address);
    if (!edge) return fail(edge.error());
    edge_ = std::move(*edge);
    return {};
  }

  Status listen_for_clients() {
    const Result<Endpoint> endpoint = endpoint_of(options_.api);
    if (!endpoint) return fail(endpoint.error());
    api::NetworkingOptions networking;
    networking.policy = options_.policy;
    networking.healthy = [this] { return ledger_->healthy(); };
    handler_ = std::make_unique<api::Networking>(*cloud_, identity_->identity(), networking);
    auto http = api::HttpServer::listen(identity_->front(*handler_), endpoint->address, endpoint->port);
    if (!http) return fail(http.error());
    http_ = std::move(*http);
    api_ = options_.api.substr(0, options_.api.rfind(':') + 1) + std::to_string(http_->port());
    return {};
  }

  rt::AsioLoop& loop_;
  Options options_;
  rt::Seeded choice_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<store::Ledger> ledger_;
  std::unique_ptr<AgentDesk> desk_;
  std::unique_ptr<feed::ServerFeed> feed_;
  std::unique_ptr<NovaParts> nova_;
  std::unique_ptr<LedgerCloud> cloud_;
  std::unique_ptr<feed::GrpcServerEdge> edge_;
  std::unique_ptr<api::Networking> handler_;
  std::unique_ptr<IdentityParts> identity_;
  std::unique_ptr<api::HttpServer> http_;
  std::string api_;
  rt::ThreadPool stopper_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(rt::AsioLoop& loop, Options options) {
  auto server = std::make_unique<Running>(loop, std::move(options));
  if (Status started = server->start(); !started) return fail(started.error());
  return server;
}

}  // namespace tarn::server
