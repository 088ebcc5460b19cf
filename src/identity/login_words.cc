#include "identity/login_words.h"

#include <boost/json.hpp>

namespace tarn::identity {

std::string login_words(const LoginWords& login) {
  namespace json = boost::json;
  const json::object user{{"name", login.username},
                          {"domain", json::object{{"name", login.user_domain_name}}},
                          {"password", login.password}};
  const json::object project{{"name", login.project_name},
                             {"domain", json::object{{"name", login.project_domain_name}}}};
  const json::object identity{{"methods", json::array{"password"}}, {"password", json::object{{"user", user}}}};
  const json::object scope{{"project", project}};
  return json::serialize(json::object{{"auth", json::object{{"identity", identity}, {"scope", scope}}}});
}

}  // namespace tarn::identity
