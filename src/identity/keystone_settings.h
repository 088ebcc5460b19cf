// How a Keystone is reached and with which service user; the names are those of keystonemiddleware's options.
// A value that the server's configuration fills; the password is in memory only and is never written anywhere.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace tarn::identity {

struct KeystoneSettings {
  std::string auth_url;              // "https://keystone.example:5000", also with /v3
  std::string www_authenticate_uri;  // where clients are sent; empty: auth_url
  std::string username;
  std::string password;
  std::string user_domain_name = "Default";
  std::string project_name = "service";
  std::string project_domain_name = "Default";
  std::string ca_file;                                // PEM; empty: the certificates that the system trusts
  std::chrono::seconds timeout{10};                   // for one question, from the connection to the whole answer
  std::chrono::seconds token_cache{300};              // how late a revocation may be seen (token_cache_time)
  std::vector<std::string> service_roles{"service"};  // of services whose callers' tokens may have expired on the way
};

}  // namespace tarn::identity
