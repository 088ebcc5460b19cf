// Tempest, openstacksdk and openstackclient bring tests of the network API. Whatever passes on Neutron passes here.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "api/dialect/attribute.h"
#include "keystone_cloud.h"
#include "python_suite.h"
#include "support/run_command.h"

namespace tarn::test {
namespace {

// Everything that the whole table has, so that what waits for the data plane is tested before it is told; but what
// docs/differences.md says that clients cannot do, what is tested by agents of types that there are none of, and what
// the table does not do yet: floating IPs by way of interfaces.
std::string extensions(char between) {
  static const std::set<std::string> missing{"dhcp_agent_scheduler", "l3_agent_scheduler", "router-interface-fip"};
  std::string names;
  for (const api::dialect::Alias& alias : api::dialect::table().aliases)
    if (!missing.contains(alias.alias)) names += alias.alias + between;
  names.pop_back();
  return names;
}

// Before it removes a subnet, Tempest waits 10 s for agents to let go of their ports: here are no such ports.
constexpr const char* without_naps = R"(import sys, time
_sleep = time.sleep
def sleep(seconds):
    if sys._getframe(1).f_globals.get("__name__") != "tempest.lib.services.network.subnets_client":
        _sleep(seconds)
time.sleep = sleep
)";

std::string tempest_settings(const KeystoneCloud& cloud, const std::string& folder) {
  return "[DEFAULT]\nlog_dir = " + folder + "\n[oslo_concurrency]\nlock_path = " + folder +
         "\n[auth]\nuse_dynamic_credentials = true\ncreate_isolated_networks = false\nadmin_username = admin\n"
         "admin_password = admin\nadmin_project_name = admin\nadmin_domain_name = Default\ntempest_roles = member\n"
         "[identity]\nuri_v3 = " +
         cloud.keystone_url() +
         "\nauth_version = v3\ndefault_domain_id = default\n"
         "[identity-feature-enabled]\napi_v2 = false\napi_v3 = true\n"
         "[service_available]\nnova = false\nglance = false\ncinder = false\nswift = false\nneutron = true\n"
         "[network]\npublic_network_id = " +
         cloud.public_network() +
         "\nfloating_network_name = public\nproject_network_cidr = 10.100.0.0/16\n"
         "[network-feature-enabled]\napi_extensions = " +
         extensions(',') +
         "\nipv6 = true\nipv6_subnet_attributes = true\nfloating_ips = true\nport_security = true\n"
         "port_admin_state_change = true\n";
}

// What openstacksdk's and openstackclient's suites ask for by name; all are the same administrator.
void write_clouds(const KeystoneCloud& cloud, const std::filesystem::path& file) {
  std::ofstream clouds(file);
  clouds << "clouds:\n";
  for (const std::string name : {"devstack-admin", "devstack", "devstack-alt", "devstack-system-admin"}) {
    clouds << "  " << name << ":\n    region_name: RegionOne\n    auth: {auth_url: \"" << cloud.keystone_url()
           << "\", username: admin, password: admin, user_domain_name: Default, "
           << (name == "devstack-system-admin" ? "system_scope: all"
                                               : "project_name: admin, project_domain_name: Default")
           << "}\n";
  }
}

void write_stestr(const std::filesystem::path& folder, const std::string& tests) {
  std::ofstream(folder / ".stestr.conf") << "[DEFAULT]\ntest_path=/usr/lib/python3/dist-packages/" << tests
                                         << "\ntop_dir=/usr/lib/python3/dist-packages\n";
}

// As the shell that started the tests has it, the machine's own Python first.
std::string path() {
  const char* own = std::getenv("PATH");
  return std::string("/usr/bin:/bin:/usr/sbin:/sbin:") + (own == nullptr ? "" : own);
}

std::vector<std::string> names(const std::set<std::string>& tests) {
  return {tests.begin(), tests.end()};
}

// The command as the suite of openstackclient calls it: before a test it lists extensions, for which Nova must be
// there. It is told all those that Tempest is told.
void write_openstack(const std::filesystem::path& folder) {
  std::ofstream(folder / "extensions") << extensions('\n');
  std::ofstream(folder / "openstack") << "#!/bin/sh\ncase \"$*\" in\n*' extension list '*) exec cat '"
                                      << folder.string() << "/extensions' ;;\nesac\nexec /usr/bin/openstack \"$@\"\n";
  std::filesystem::permissions(folder / "openstack", std::filesystem::perms::owner_all);
}

// The functional network tests that a Python package brings along.
SuiteResult run_functional_suite(const std::string& package) {
  const KeystoneCloud& cloud = KeystoneCloud::of_all_tests();
  const std::filesystem::path folder = cloud.folder(package);
  write_clouds(cloud, folder / "clouds.yaml");
  write_stestr(folder, package + "/tests/functional/network");
  write_openstack(folder);
  return run_suite(folder, {"stestr", "run", "--concurrency", "4"},
                   {{"OS_CLIENT_CONFIG_FILE", (folder / "clouds.yaml").string()},
                    {"PATH", folder.string() + ":" + path()},
                    {"OS_CLOUD", "devstack-admin"}});
}

SuiteResult run_tempest(const std::string& name, const std::string& regex) {
  const KeystoneCloud& cloud = KeystoneCloud::of_all_tests();
  const std::filesystem::path folder = cloud.folder(name);
  const std::filesystem::path workspace = folder / "workspace";
  const std::vector<std::pair<std::string, std::string>> environment{
      {"HOME", folder.string()},
      {"PATH", path()},
      {"PYTHONPATH", folder.string()},
      {"TEMPEST_CONFIG_DIR", (workspace / "etc").string()}};
  EXPECT_EQ(run_command({"env", "-C", folder.string(), "tempest", "init", workspace.string()}, environment).status, 0);
  std::ofstream(workspace / "etc/tempest.conf") << tempest_settings(cloud, folder.string());
  std::ofstream(folder / "sitecustomize.py") << without_naps;
  return run_suite(workspace, {"tempest", "run", "--regex", regex, "--concurrency", "4"}, environment);
}

TEST(Clients, Tempest) {
  const SuiteResult result = run_tempest("tempest", R"(^tempest\.api\.network\.)");
  // It looks for the names of what waits for the data plane among those that are told.
  EXPECT_THAT(names(result.failed),
              testing::ElementsAre("tempest.api.network.test_extensions.ExtensionsTestJSON.test_list_show_extensions"))
      << result.output.substr(0, 20'000);
  EXPECT_GE(result.passed.size(), 250U);
}

SuiteResult run_tempest_of_neutron(const std::string& name, const std::string& about) {
  return run_tempest(name, R"(^neutron_tempest_plugin\.api\.(admin\.)?test_()" + about + ")");
}

// Of the suite that Neutron itself brings along for Tempest: what is of ports, their security and their limits.
TEST(Clients, TempestOfNeutron) {
  const SuiteResult result = run_tempest_of_neutron(
      "tempest-of-neutron", "trunk|qos|logging|security_groups|address_groups|extension_driver_port_security");
  EXPECT_THAT(names(result.failed), testing::IsEmpty()) << result.output.substr(0, 20'000);
  EXPECT_GE(result.passed.size(), 240U);
}

// The same of routers, agents, and what stands on them.
TEST(Clients, TempestOfNeutronOnRouters) {
  const SuiteResult result = run_tempest_of_neutron(
      "tempest-of-neutron-on-routers",
      "router|floating_ips|port_forwarding|auto_allocated|flavors|service_type|agent|availability|revisions|ndp|"
      "conntrack|local_ip");
  // There are no networks of highly available routers; and a member may not say for whom a subnet is, nor at Neutron's.
  EXPECT_THAT(
      names(result.failed),
      testing::ElementsAre("neutron_tempest_plugin.api.admin.test_routers_ha.RoutersTestHA.test_delete_ha_router_"
                           "keeps_ha_network_segment_data",
                           "neutron_tempest_plugin.api.test_revisions.TestRevisions.test_update_subnet_service_"
                           "types_bumps_revisions"))
      << result.output.substr(0, 20'000);
  EXPECT_GE(result.passed.size(), 100U);
}

TEST(Clients, Openstacksdk) {
  const SuiteResult result = run_functional_suite("openstack");
  const std::string suite = "openstack.tests.functional.network.v2.";
  std::set<std::string> failed = result.failed;
  // They look for agents of the types "L3 agent" and "DHCP agent"; ranges are made with an attribute that Neutron
  // refuses, and NDP proxies for an external network without an IPv6 address scope, which it refuses too.
  std::erase_if(failed, [&suite](const std::string& name) {
    return name.starts_with(suite + "test_agent_add_remove_") || name.starts_with(suite + "test_ndp_proxy") ||
           name.starts_with(suite + "test_network_segment_range");
  });
  EXPECT_THAT(names(failed), testing::IsEmpty()) << result.output.substr(0, 20'000);
  EXPECT_GE(result.passed.size(), 60U);
}

TEST(Clients, Openstackclient) {
  const SuiteResult result = run_functional_suite("openstackclient");
  std::set<std::string> failed = result.failed;
  // They make segments of Geneve and ranges of its numbers; no network here is one, nor in a Neutron of the same types.
  std::erase_if(failed, [](const std::string& name) {
    return name.contains("NetworkSegmentTests.test_") || name.contains("NetworkSegmentRangeTests.test_");
  });
  EXPECT_THAT(names(failed), testing::IsEmpty()) << result.output.substr(0, 20'000);
  EXPECT_GE(result.passed.size(), 70U);
}

}  // namespace
}  // namespace tarn::test
