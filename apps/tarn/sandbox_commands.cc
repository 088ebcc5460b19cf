// tarn sandbox up|down|boot|delete|exec|list: a whole cloud on this machine.
#include <unistd.h>

#include <boost/json.hpp>
#include <cstring>
#include <memory>

#include "commands.h"
#include "identity/secret_file.h"
#include "sandbox/fabric.h"
#include "sandbox/sandbox.h"
#include "screen.h"

namespace tarn::cli {
namespace {

using sandbox::Instance;
using sandbox::Sandbox;
namespace json = boost::json;
namespace fs = std::filesystem;

constexpr auto agents_within = std::chrono::seconds(20);

fs::path programs_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

json::object to_json(const Instance& instance, const sandbox::Layout& layout) {
  return {{"name", instance.name},
          {"host", sandbox::Layout::host_name(instance.host)},
          {"port_id", instance.port_id},
          {"network_id", instance.network_id},
          {"mac_address", instance.mac},
          {"addresses", json::value_from(instance.addresses)},
          {"namespace", layout.instance_namespace(instance.name)}};
}

json::value to_json(const Sandbox& cloud) {
  json::array hosts;
  for (int number = 1; number <= cloud.state().hosts; ++number) {
    const sandbox::Host host = cloud.host(number);
    json::object entry{{"name", host.name()}, {"namespace", host.netns()}};
    for (const char* process : {sandbox::database_name, sandbox::switch_name, sandbox::agent_name,
                                sandbox::metadata_name, sandbox::names_name}) {
      const auto mark = host.running(process);
      entry[process] = mark ? json::value(mark->pid) : json::value(nullptr);
    }
    hosts.push_back(std::move(entry));
  }
  json::array instances;
  for (const auto& [name, instance] : cloud.state().instances) instances.push_back(to_json(instance, cloud.layout()));
  const auto server = cloud.server();
  return {{"name", cloud.layout().name},
          {"checkout", cloud.state().checkout},
          {"api", "http://127.0.0.1:" + std::to_string(cloud.state().api_port)},
          {"server", server ? json::value(server->pid) : json::value(nullptr)},
          {"state", cloud.layout().dir().string()},
          {"hosts", std::move(hosts)},
          {"instances", std::move(instances)}};
}

std::string pid_or_down(const Screen& screen, const std::optional<sandbox::ProcessMark>& mark) {
  return mark ? std::to_string(mark->pid) : screen.paint(Colour::red, "down");
}

void show(const Screen& screen, const Sandbox& cloud) {
  if (screen.json()) return screen.value(to_json(cloud));
  screen.table({{"SERVER", "PID", "API", "STATE"},
                {"tarn-server", pid_or_down(screen, cloud.server()),
                 "http://127.0.0.1:" + std::to_string(cloud.state().api_port), cloud.layout().dir().string()}});
  std::vector<std::vector<std::string>> hosts{
      {"HOST", "NAMESPACE", "DATABASE", "SWITCH", "AGENT", "METADATA", "NAMES"}};
  for (int number = 1; number <= cloud.state().hosts; ++number) {
    const sandbox::Host host = cloud.host(number);
    hosts.push_back({host.name(), host.netns(), pid_or_down(screen, host.running(sandbox::database_name)),
                     pid_or_down(screen, host.running(sandbox::switch_name)),
                     pid_or_down(screen, host.running(sandbox::agent_name)),
                     pid_or_down(screen, host.running(sandbox::metadata_name)),
                     pid_or_down(screen, host.running(sandbox::names_name))});
  }
  screen.line("");
  screen.table(hosts);
  std::vector<std::vector<std::string>> instances{{"INSTANCE", "HOST", "ADDRESSES", "PORT", "NAMESPACE"}};
  for (const auto& [name, instance] : cloud.state().instances) {
    instances.push_back({name, sandbox::Layout::host_name(instance.host), joined(instance.addresses), instance.port_id,
                         cloud.layout().instance_namespace(name)});
  }
  screen.line("");
  screen.table(instances);
}

// The demo: two instances on different hosts that take their addresses by DHCP and reach each other.
Status demonstrate(const Screen& screen, Sandbox& cloud) {
  constexpr const char* network = "demo";
  if (Result<std::string> made = cloud.ensure_network(network, "10.0.0.0/24"); !made) {
    return std::unexpected(made.error());
  }
  for (int number = 1; number <= 2; ++number) {
    const std::string name = "vm" + std::to_string(number);
    if (cloud.state().instances.contains(name)) continue;
    const int host = std::min(number, cloud.state().hosts);
    screen.progress("instance " + name + " on " + sandbox::Layout::host_name(host));
    const Result<Instance> booted = cloud.boot({name, host, network, true});
    if (!booted) return std::unexpected(booted.error());
  }
  const Instance& vm2 = cloud.state().instances.at("vm2");
  screen.progress("vm1 pings vm2 (" + vm2.addresses.front() + ")");
  const Result<std::string> answered = sandbox::must_run(sandbox::inside(
      cloud.layout().instance_namespace("vm1"), {"ping", "-c", "3", "-i", "0.2", "-W", "2", vm2.addresses.front()}));
  if (!answered) return fail(ErrorCode::unavailable, "vm1 cannot reach vm2: " + answered.error().message);
  return {};
}

Status write_clouds_yaml(const Sandbox& cloud, const fs::path& path) {
  return identity::write_secret_file(path.string(), sandbox::clouds_yaml(cloud));
}

int up(const Common& common, const sandbox::Wanted& wanted, bool demo) {
  const Screen screen(common.json);
  Result<Sandbox> cloud = Sandbox::up(wanted, [&](const std::string& line) { screen.progress(line); });
  if (!cloud) return screen.failed(cloud.error());
  if (Status met = cloud->await_agents(agents_within); !met) return screen.failed(met.error());
  if (demo) {
    if (Status shown = demonstrate(screen, *cloud); !shown) return screen.failed(shown.error());
  }
  const fs::path clouds = cloud->layout().dir() / "clouds.yaml";
  if (Status written = write_clouds_yaml(*cloud, clouds); !written) return screen.failed(written.error());
  show(screen, *cloud);
  if (screen.json()) return EXIT_SUCCESS;
  const std::string tarn = (wanted.programs / "tarn").string();
  screen.line("");
  screen.line(screen.paint(Colour::bold, "Use it:   ") + "export OS_CLIENT_CONFIG_FILE=" + clouds.string() +
              " OS_CLOUD=tarn");
  screen.line("          openstack network list; openstack port list; openstack network agent list");
  screen.line(screen.paint(Colour::bold, "Go on:    ") + tarn + " sandbox boot vm3 --network demo; " + tarn +
              " sandbox exec vm3 -- ping -c1 10.0.0.2");
  screen.line(screen.paint(Colour::bold, "Look:     ") + tarn + " status; " + tarn + " agent plan --host host1");
  screen.line(screen.paint(Colour::bold, "Stop:     ") + "./down");
  return EXIT_SUCCESS;
}

// Becomes the program: the instance's namespace, the caller's terminal.
int exec(const Common& common, const std::string& name, std::vector<std::string> words) {
  const Screen screen(common.json);
  const Result<Sandbox> cloud = Sandbox::open(common.sandbox, common.root);
  if (!cloud) return screen.failed(cloud.error());
  if (!cloud->state().instances.contains(name)) {
    return screen.failed({ErrorCode::not_found, {}, "there is no instance '" + name + "'"});
  }
  const std::vector<std::string> argv = sandbox::inside(cloud->layout().instance_namespace(name), std::move(words));
  std::vector<char*> raw;
  for (const std::string& word : argv) raw.push_back(const_cast<char*>(word.c_str()));
  raw.push_back(nullptr);
  execvp(raw.front(), raw.data());
  return screen.failed({ErrorCode::unavailable, {}, std::string("cannot run ip: ") + std::strerror(errno)});
}

int boot(const Common& common, const Sandbox::Boot& wanted) {
  const Screen screen(common.json);
  Result<Sandbox> cloud = Sandbox::open(common.sandbox, common.root);
  if (!cloud) return screen.failed(cloud.error());
  const Result<Instance> booted = cloud->boot(wanted);
  if (!booted) return screen.failed(booted.error());
  if (screen.json()) {
    screen.value(to_json(*booted, cloud->layout()));
  } else {
    screen.line(booted->name + " runs on " + sandbox::Layout::host_name(booted->host) + " with " +
                joined(booted->addresses));
  }
  return EXIT_SUCCESS;
}

void add_up(CLI::App& group, Common& common) {
  auto wanted = std::make_shared<sandbox::Wanted>();
  auto datapath = std::make_shared<std::string>("userspace");
  auto demo = std::make_shared<bool>(true);
  CLI::App* command = group.add_subcommand("up", "Raise a sandbox, or adopt the one that runs");
  command->add_option("--hosts", wanted->hosts, "How many hosts")->capture_default_str();
  command->add_option("--datapath", *datapath, "userspace, or system where the kernel has the module")
      ->check(CLI::IsMember({"userspace", "system"}));
  command->add_option("--api-port", wanted->api_port, "Port of the API on 127.0.0.1")->capture_default_str();
  command->add_option("--checkout", wanted->checkout, "The source tree the programs come from");
  command->add_flag("!--no-demo", *demo, "Without the demo network and its two instances");
  command->callback([&common, wanted, datapath, demo] {
    wanted->name = common.sandbox;
    wanted->root = common.root;
    wanted->datapath = *datapath == "system" ? sandbox::Datapath::kernel : sandbox::Datapath::userspace;
    wanted->programs = programs_folder();
    if (wanted->checkout.empty()) wanted->checkout = wanted->programs.string();
    common.exit_code = up(common, *wanted, *demo);
  });
}

void add_instance_commands(CLI::App& group, Common& common) {
  auto wanted = std::make_shared<Sandbox::Boot>();
  auto host = std::make_shared<int>(0);
  CLI::App* boot_command = group.add_subcommand("boot", "Boot an instance");
  boot_command->add_option("instance", wanted->name, "Its name")->required();
  boot_command->add_option("--network", wanted->network, "Network, by name or id")->default_val("demo");
  boot_command->add_option("--host", *host, "Number of the host; otherwise the emptiest");
  boot_command->callback([&common, wanted, host] {
    if (*host != 0) wanted->host = *host;
    common.exit_code = boot(common, *wanted);
  });

  auto name = std::make_shared<std::string>();
  CLI::App* delete_command = group.add_subcommand("delete", "Unplug and delete an instance");
  delete_command->add_option("instance", *name, "Its name")->required();
  delete_command->callback([&common, name] {
    const Screen screen(common.json);
    Result<Sandbox> cloud = Sandbox::open(common.sandbox, common.root);
    Status done = cloud ? cloud->remove_instance(*name) : Status(std::unexpected(cloud.error()));
    common.exit_code = done ? EXIT_SUCCESS : screen.failed(done.error());
  });

  auto target = std::make_shared<std::string>();
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* exec_command = group.add_subcommand("exec", "Run a program inside an instance: exec NAME -- PROGRAM ...");
  exec_command->add_option("instance", *target, "Its name")->required();
  exec_command->add_option("program", *words, "What to run")->required();
  exec_command->callback([&common, target, words] { common.exit_code = exec(common, *target, *words); });
}

}  // namespace

void add_sandbox_commands(CLI::App& app, Common& common) {
  CLI::App* group = app.add_subcommand("sandbox", "A whole cloud on this machine");
  group->require_subcommand(1);
  add_up(*group, common);
  add_instance_commands(*group, common);
  group->add_subcommand("down", "Stop and remove exactly what up and boot made")->callback([&common] {
    const Screen screen(common.json);
    const Status done =
        Sandbox::down(common.sandbox, common.root, [&](const std::string& line) { screen.progress(line); });
    common.exit_code = done ? EXIT_SUCCESS : screen.failed(done.error());
  });
  group->add_subcommand("list", "What runs where")->callback([&common] {
    const Screen screen(common.json);
    const Result<Sandbox> cloud = Sandbox::open(common.sandbox, common.root);
    if (!cloud) {
      common.exit_code = screen.failed(cloud.error());
      return;
    }
    show(screen, *cloud);
  });
}

}  // namespace tarn::cli
