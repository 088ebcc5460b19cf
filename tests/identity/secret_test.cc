// Secrets: hashes, signatures, passwords, and the files that keep them.
#include "identity/secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "identity/password.h"
#include "identity/revocations.h"
#include "identity/secret_file.h"
#include "local_things.h"

namespace tarn::identity {
namespace {

using test::noon_ms;
using test::open_sesame;
using test::sesame;

std::span<const std::uint8_t> bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Secret, IsAsTheStandardsSay) {
  EXPECT_EQ(base64url(bytes("")), "");  // RFC 4648 section 10, in the alphabet of section 5
  EXPECT_EQ(base64url(bytes("f")), "Zg");
  EXPECT_EQ(base64url(bytes("fo")), "Zm8");
  EXPECT_EQ(base64url(bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(base64url(bytes("\xfb\xff\xfe")), "-__-");
  // FIPS 180-2 appendix B.1, and RFC 4231 test case 2; by `base64` of their hexadecimal digits.
  EXPECT_EQ(base64url(sha256("abc")), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  EXPECT_EQ(base64url(hmac_sha256(bytes("Jefe"), "what do ya want for nothing?")),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
}

TEST(Secret, IsNotGuessed) {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) all.insert(random_text(300));
  EXPECT_EQ(all.size(), 100U);
  EXPECT_EQ(all.begin()->size(), 400U);
}

TEST(Password, IsRightOnlyAsAWhole) {
  EXPECT_TRUE(is_password(sesame, open_sesame));
  for (const std::string wrong : {"", "Hello world", "Hello world!!", "hello world!", "$6$"})
    EXPECT_FALSE(is_password(wrong, open_sesame)) << wrong;
  EXPECT_FALSE(is_password(std::string("Hello world!\0x", 14), open_sesame)) << "a zero byte ends no password";
  EXPECT_FALSE(is_password(sesame, ""));
  EXPECT_FALSE(is_password(sesame, "$6$saltstring$")) << "a hash without its end";
  EXPECT_FALSE(is_password("*0", "*0")) << "crypt's own word for failure";
}

TEST(Password, IsHashedDifferentlyEachTime) {
  const auto one = hash_password("pass word");
  const auto two = hash_password("pass word");
  ASSERT_TRUE(one && two);
  EXPECT_TRUE(one->starts_with("$y$")) << *one;
  EXPECT_NE(*one, *two);
  EXPECT_TRUE(is_password_hash(*one));
  EXPECT_TRUE(is_password("pass word", *one));
  EXPECT_FALSE(is_password("pass word2", *one));
  EXPECT_FALSE(hash_password(""));
  EXPECT_FALSE(hash_password(std::string(257, 'x')));
}

TEST(SecretFile, IsItsOwnersAloneAndKept) {
  const tarn::test::TempDir dir;
  const std::string path = dir.file("key");
  EXPECT_EQ(read_secret_file(path).error().code, ErrorCode::not_found);
  const auto made = kept_secret(path, 32);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size(), 43U);
  EXPECT_EQ(kept_secret(path, 32), made);
  struct stat seen{};
  ASSERT_EQ(::stat(path.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777U, 0600U);
  std::ofstream(path + ".new") << "of one who died";
  ASSERT_TRUE(write_secret_file(path, "other"));
  EXPECT_EQ(read_secret_file(path), "other");
  EXPECT_FALSE(write_secret_file(dir.file("no/such/folder"), "x"));
}

TEST(Revocations, OutliveTheServer) {
  const tarn::test::TempDir dir;
  const std::string path = dir.file("revoked");
  {
    const auto before = Revocations::load(path);
    ASSERT_TRUE(before);
    EXPECT_FALSE((*before)->contains("one"));
    ASSERT_TRUE((*before)->add("one", noon_ms + 10, noon_ms));
    ASSERT_TRUE((*before)->add("two", noon_ms + 1'000, noon_ms));
  }
  const auto after = Revocations::load(path);
  ASSERT_TRUE(after);
  EXPECT_TRUE((*after)->contains("one"));
  ASSERT_TRUE((*after)->add("three", noon_ms + 1'000, noon_ms + 10));
  EXPECT_FALSE((*after)->contains("one")) << "its token has ended by itself";
  EXPECT_TRUE((*after)->contains("two"));
  EXPECT_EQ(read_secret_file(path), "three 1772366401000\ntwo 1772366401000\n");
}

TEST(Revocations, AreNeverForgottenForWantOfRoom) {
  Revocations::Entries entries;
  std::string text;
  for (std::size_t i = 0; i < Revocations::entries_max; ++i)
    text += std::to_string(i) + " " + std::to_string(noon_ms) + "\n";
  const tarn::test::TempDir dir;
  ASSERT_TRUE(write_secret_file(dir.file("revoked"), text));
  const auto full = Revocations::load(dir.file("revoked"));
  ASSERT_TRUE(full);
  EXPECT_EQ((*full)->add("more", noon_ms + 1, noon_ms - 1).error().code, ErrorCode::exhausted);
  EXPECT_TRUE((*full)->contains("0"));
  EXPECT_TRUE((*full)->add("more", noon_ms + 1, noon_ms)) << "those have ended";
}

TEST(Revocations, AreNotGuessedFromADamagedFile) {
  for (const char* text : {"one", "one ", " 5", "one 5x", "one 5\n\ntwo 6", "one -"})
    EXPECT_FALSE(parse_revocations(text)) << text;
  EXPECT_EQ(parse_revocations("one 5\n"), (Revocations::Entries{{"one", 5}}));
  EXPECT_EQ(parse_revocations(""), Revocations::Entries());
}

}  // namespace
}  // namespace tarn::identity
