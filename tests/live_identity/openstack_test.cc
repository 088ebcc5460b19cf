// Debian's own openstack command with a user's password, against the built-in identity service: what its documentation
// promises (docs/identity.md), typed as it stands there.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>

#include "sandbox/process.h"
#include "server/process.h"
#include "support/temp_dir.h"

namespace tarn::server {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr std::chrono::seconds patience{60};

class OpenstackWithAPassword : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(dir_.file("identity.yaml"))
        << "projects: [{name: admin}, {name: demo}]\nusers:\n"
        << "  - name: admin\n    password_hash: \"" << hashed("open sesame") << "\"\n"
        << "    roles: [{role: admin, project: admin}, {role: admin, system: all}]\n"
        << "  - name: demo\n    password_hash: \"" << hashed("simsim") << "\"\n"
        << "    roles: [{role: member, project: demo}]\n";
    std::ofstream(dir_.file("server.yaml"))
        << "identity: {mode: local, file: \"" << dir_.file("identity.yaml") << "\"}\n";
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{
        "--state-dir", dir_.file("state"), "--api", "127.0.0.1:0", "--config", dir_.file("server.yaml")});
    ASSERT_TRUE(server_->ready) << server_->errors();
    std::ofstream(dir_.file("clouds.yaml")) << "clouds:\n"
                                            << cloud("tarn", "admin", "open sesame")
                                            << cloud("tenant", "demo", "simsim") << cloud("thief", "admin", "simsim");
  }

  // What `tarn password` makes of it.
  std::string hashed(const std::string& password) {
    std::ofstream(dir_.file("password")) << password << "\n";
    const std::string command = "exec " + std::string(TARN_COMMAND) + " password <" + dir_.file("password");
    std::string hash = sandbox::must_run({"bash", "-c", command}).value();
    hash.resize(hash.find('\n'));
    return hash;
  }
  std::string cloud(const std::string& name, const std::string& user, const std::string& password) {
    return "  " + name + ":\n    auth: {auth_url: \"http://" + server_->api + "/identity/v3\", username: " + user +
           ", password: \"" + password + "\", project_name: " + user +
           ", user_domain_name: Default, project_domain_name: Default}\n    region_name: RegionOne\n";
  }
  // One line, typed; nothing of the tester's environment.
  sandbox::Finished typed(const std::string& line, const std::string& cloud_name = "tarn") {
    sandbox::Argv argv{"env",
                       "-i",
                       "HOME=" + dir_.file(""),
                       "PATH=/usr/bin:/bin",
                       "LC_ALL=C.UTF-8",
                       "OS_CLOUD=" + cloud_name,
                       "OS_CLIENT_CONFIG_FILE=" + dir_.file("clouds.yaml"),
                       "/usr/bin/openstack"};
    std::istringstream words(line);
    argv.insert(argv.end(), std::istream_iterator<std::string>(words), {});
    return sandbox::run(argv, patience).value();
  }
  json::value told(const std::string& line, const std::string& cloud_name = "tarn") {
    const sandbox::Finished done = typed(line + " -f json", cloud_name);
    EXPECT_EQ(done.exit_code, 0) << line << ": " << done.complaint;
    return done.exit_code == 0 ? json::parse(done.output) : json::value(json::array());
  }
  static std::vector<std::string> column(const json::value& rows, const std::string& key) {
    std::vector<std::string> values;
    for (const json::value& row : rows.as_array()) values.emplace_back(row.at(key).as_string());
    return values;
  }

  test::TempDir dir_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(OpenstackWithAPassword, ShowsWhoIsWhoToTheAdministrator) {
  EXPECT_THAT(column(told("project list"), "Name"), ElementsAre("admin", "demo"));
  EXPECT_THAT(column(told("user list"), "Name"), ElementsAre("admin", "demo"));
  EXPECT_THAT(column(told("catalog list"), "Type"), ElementsAre("network", "identity"));
  const json::value assignments = told("role assignment list --names");
  EXPECT_THAT(column(assignments, "User"), ElementsAre("admin@Default", "admin@Default", "demo@Default"));
  EXPECT_THAT(column(assignments, "Role"), ElementsAre("admin", "admin", "member"));
  EXPECT_THAT(column(assignments, "Project"), ElementsAre("admin@Default", "", "demo@Default"));
  EXPECT_EQ(told("user show demo").at("name").as_string(), "demo");
  EXPECT_EQ(typed("user list", "tenant").exit_code, 1);
}

TEST_F(OpenstackWithAPassword, KeepsTenantsApart) {
  const json::value token = told("token issue", "tenant");
  const json::value made = told("network create blue", "tenant");
  EXPECT_EQ(made.at("project_id").as_string(), token.at("project_id").as_string());
  told("network create sea");
  EXPECT_THAT(column(told("network list", "tenant"), "Name"), ElementsAre("blue"));
  EXPECT_THAT(column(told("network list"), "Name"), UnorderedElementsAre("blue", "sea"));
  EXPECT_THAT(column(told("project list", "tenant"), "Name"), ElementsAre("demo")) << "one's own";
}

TEST_F(OpenstackWithAPassword, IsRefusedWithTheWrongOneAndWithATokenThatWasGivenBack) {
  const sandbox::Finished refused = typed("network list", "thief");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.complaint, AllOf(HasSubstr("requires authentication"), HasSubstr("401")));
  const std::string token(told("token issue").at("id").as_string());
  api::HttpClient client = server_->client();
  client.carry([token] { return api::Headers{{"X-Auth-Token", token}}; });
  EXPECT_EQ(client.ask("GET", "/v2.0/networks")->status, 200U);
  EXPECT_EQ(typed("token revoke " + token).exit_code, 0);
  EXPECT_EQ(client.ask("GET", "/v2.0/networks")->status, 401U);
}

}  // namespace
}  // namespace tarn::server
