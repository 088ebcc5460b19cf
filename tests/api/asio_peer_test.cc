// The line to another service over TLS: trusted only with a good certificate for the right name. The other end is
// OpenSSL's, with a certificate made for each test.
#include "api/peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <thread>

#include "base/check.h"
#include "support/temp_dir.h"

namespace tarn::api {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr long day_s = 86'400;

// A key and a self-signed certificate for `name`, valid for a day from `from`, as PEM in one file.
void make_certificate(const std::string& path, const std::string& name, long from_s) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), from_s + day_s);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name).c_str());
  X509_add_ext(certificate, names, -1);
  CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
  FILE* file = std::fopen(path.c_str(), "w");
  CHECK(file && PEM_write_X509(file, certificate) &&
        PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr));
  std::fclose(file);
  X509_EXTENSION_free(names);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

// Takes one connection, and answers one question if the handshake came to its end.
class OneAnswer {
 public:
  explicit OneAnswer(const std::string& certificate) {
    context_.use_certificate_file(certificate, ssl::context::pem);
    context_.use_private_key_file(certificate, ssl::context::pem);
    thread_ = std::thread([this] {
      boost::system::error_code error;
      ssl::stream<asio::ip::tcp::socket> stream(acceptor_.accept(), context_);
      stream.handshake(ssl::stream_base::server, error);
      if (error) return;
      asio::read_until(stream, asio::dynamic_buffer(question), "\r\n\r\n", error);
      asio::write(stream,
                  asio::buffer(std::string("HTTP/1.1 404 Not Found\r\nX-Mark: here\r\nContent-Length: 2\r\n\r\nno")),
                  error);
      stream.shutdown(error);
    });
  }
  ~OneAnswer() { thread_.join(); }
  std::string url(const std::string& host) {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port());
  }

  std::string question;

 private:
  asio::io_context io_;
  ssl::context context_{ssl::context::tls_server};
  asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::thread thread_;
};

struct TlsPeer : testing::Test {
  Result<Peer::Answer> ask(const std::string& name, long from_s, const std::string& trusted) {
    make_certificate(dir.file("shown.pem"), name, from_s);
    if (trusted != "shown.pem") make_certificate(dir.file(trusted), name, from_s);
    OneAnswer server(dir.file("shown.pem"));
    const auto peer = make_peer(server.url("localhost") + "/identity/v3/", dir.file(trusted), 10s);
    return peer.value()->ask({"GET", "/v3/auth/tokens", {{"X-Subject-Token", "t"}}, ""});
  }
  tarn::test::TempDir dir;
};

TEST_F(TlsPeer, IsAskedWhenItsCertificateIsGood) {
  const auto answer = ask("localhost", 0, "shown.pem");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 404U);
  EXPECT_EQ(answer->body, "no");
  EXPECT_EQ(*find_header(answer->headers, "x-mark"), "here");
}

TEST_F(TlsPeer, IsNotToldATokenOtherwise) {
  for (const auto& [name, from, trusted] :
       {std::tuple{"elsewhere", 0L, "shown.pem"}, std::tuple{"localhost", -2 * day_s, "shown.pem"},
        std::tuple{"localhost", 0L, "other.pem"}}) {
    const auto answer = ask(name, from, trusted);
    ASSERT_FALSE(answer) << name << from << trusted;
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_THAT(answer.error().message, HasSubstr("certificate"));
  }
}

TEST(Peer, IsAnHttpUrl) {
  for (const char* url : {"", "keystone", "ftp://keystone", "https://", "http//x"})
    EXPECT_EQ(make_peer(url, "", 1s).error().code, ErrorCode::invalid) << url;
  EXPECT_EQ(make_peer("https://keystone", "/nowhere/ca.pem", 1s).error().code, ErrorCode::not_found);
  EXPECT_TRUE(make_peer("https://keystone:5000/v3", "", 1s));
}

TEST(Peer, ThatIsNotThereIsUnavailable) {
  asio::io_context io;
  asio::ip::tcp::acceptor bound(io, {asio::ip::address_v4::loopback(), 0});
  const std::string url = "http://127.0.0.1:" + std::to_string(bound.local_endpoint().port());
  const auto silent = make_peer(url, "", 200ms).value()->ask({"GET", "/", {}, ""});  // the kernel takes the connection
  EXPECT_EQ(silent.error().code, ErrorCode::unavailable);
  bound.close();
  EXPECT_EQ(make_peer(url, "", 10s).value()->ask({"GET", "/", {}, ""}).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace tarn::api
