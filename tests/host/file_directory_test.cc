// The folder of the instances' files, on a real disk.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "host/file_directory.h"
#include "rt/asio_loop.h"
#include "rt/thread_pool.h"

namespace tarn::host {
namespace {

namespace fs = std::filesystem;
using domain::InstanceFile;
using Files = reconcile::Actual<InstanceFile>;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;

class Directory : public testing::Test {
 protected:
  Directory() {
    std::string name = (fs::temp_directory_path() / "tarn-instances-XXXXXX").string();
    root = mkdtemp(name.data());
    folder = root / "instances";
  }
  ~Directory() override { fs::remove_all(root); }

  Result<Files> list() {
    std::optional<Result<Files>> got;
    directory().list([&](Result<reconcile::Whole<Files>> listed) {
      got = listed ? Result<Files>(**listed) : Result<Files>(fail(listed.error()));
      loop.stop();
    });
    loop.run();
    return *got;
  }
  std::vector<reconcile::Outcome> apply(std::vector<reconcile::Step<InstanceFile>> steps,
                                        reconcile::Writes writes = reconcile::Writes::allow) {
    std::vector<reconcile::Outcome> got;
    directory().apply(std::move(steps), writes, [&](std::vector<reconcile::Outcome> outcomes) {
      got = std::move(outcomes);
      loop.stop();
    });
    loop.run();
    return got;
  }
  InstanceDirectory& directory() {
    if (!directory_) directory_.emplace(loop, disk, folder.string());
    return *directory_;
  }
  static InstanceFile::Spec spec(const std::string& id) {
    InstanceFile::Spec spec;
    spec.port.uuid.bytes[0] = 9;
    spec.instance_id = id;
    return spec;
  }
  static bool applied(const reconcile::Outcome& outcome) { return std::holds_alternative<reconcile::Applied>(outcome); }

  rt::AsioLoop loop;
  rt::ThreadPool disk{"disk", 1, 4};
  fs::path root, folder;
  std::optional<InstanceDirectory> directory_;
};

TEST_F(Directory, that_is_not_there_holds_nothing) {
  const Result<Files> files = list();
  ASSERT_TRUE(files.has_value());
  EXPECT_THAT(*files, IsEmpty());
}

TEST_F(Directory, lists_what_was_written_changed_and_removed) {
  auto outcomes =
      apply({reconcile::Create<InstanceFile>{1, spec("one")}, reconcile::Create<InstanceFile>{2, spec("two")}});
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_TRUE(applied(outcomes[0]) && applied(outcomes[1]));
  Files files = list().value();
  ASSERT_THAT(files, ElementsAre(Key(1U), Key(2U)));
  EXPECT_EQ(files.at(1), InstanceFile::as_applied(spec("one")));
  outcomes = apply({reconcile::Change<InstanceFile>{1, spec("another"), files.at(1), reconcile::Drift::adjust},
                    reconcile::Remove<InstanceFile>{2, files.at(2)}});
  EXPECT_TRUE(applied(outcomes[0]) && applied(outcomes[1]));
  files = list().value();
  ASSERT_THAT(files, ElementsAre(Key(1U)));
  EXPECT_EQ(files.at(1), InstanceFile::as_applied(spec("another")));
}

TEST_F(Directory, leaves_alone_what_has_no_instances_name_and_knows_a_damaged_one) {
  fs::create_directories(folder);
  for (const char* name : {"new", "README", "01.json"}) std::ofstream(folder / name) << "x";
  std::ofstream(folder / "5.json") << "damaged";
  const Files files = list().value();
  ASSERT_THAT(files, ElementsAre(Key(5U)));
  EXPECT_FALSE(files.at(5).port.has_value());
  EXPECT_TRUE(fs::exists(folder / "README"));
}

TEST_F(Directory, that_cannot_be_written_refuses_and_says_why) {
  std::ofstream(folder) << "a file where the folder should be";
  const auto outcomes = apply({reconcile::Create<InstanceFile>{1, spec("one")}});
  ASSERT_EQ(outcomes.size(), 1U);
  const auto* refused = std::get_if<reconcile::Refused>(&outcomes[0]);
  ASSERT_NE(refused, nullptr);
  EXPECT_THAT(refused->why.message, testing::HasSubstr(folder.string()));
  EXPECT_FALSE(list().has_value());
}

// A network with many ports has a file that is not read in one piece.
TEST_F(Directory, holds_the_names_of_a_large_network) {
  using domain::NameFile;
  NameFile::Spec many{.domain = "openstacklocal.", .names = {}};
  for (std::uint32_t i = 0; i < 20'000; ++i)
    many.names.push_back({"host-" + std::to_string(i) + ".openstacklocal.", Ip::from_v4(0x0a000000 + i)});
  NameFile::Key network;
  network.uuid.bytes[15] = 7;
  NameDirectory names(loop, disk, folder.string());
  std::optional<reconcile::Actual<NameFile>> listed;
  names.apply({reconcile::Create<NameFile>{network, many}}, reconcile::Writes::allow, [&](const auto& outcomes) {
    EXPECT_TRUE(applied(outcomes.at(0)));
    names.list([&](auto list) {
      listed = **list;
      loop.stop();
    });
  });
  loop.run();
  ASSERT_THAT(*listed, ElementsAre(Key(network)));
  EXPECT_EQ(NameFile::drift(many, listed->at(network)), reconcile::Drift::none);
}

TEST_F(Directory, writes_nothing_where_that_is_forbidden) {
  const auto outcomes = apply({reconcile::Create<InstanceFile>{1, spec("one")}}, reconcile::Writes::forbid);
  EXPECT_TRUE(std::holds_alternative<reconcile::Refused>(outcomes.at(0)));
  EXPECT_FALSE(fs::exists(folder));
}

}  // namespace
}  // namespace tarn::host
