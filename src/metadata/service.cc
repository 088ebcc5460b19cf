#include "metadata/service.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>

#include "base/hex.h"
#include "metadata/documents.h"

namespace tarn::metadata {
namespace {

using services::asking;
using services::Asking;

const std::string plain_text = "text/plain; charset=utf-8";

// What goes on to Nova, and what comes back. Nothing else does: who asks is ours to say, also in spellings that a far
// server takes for the same header.
constexpr std::array<std::string_view, 3> asked{"Accept", "Content-Type", "User-Agent"};
constexpr std::array<std::string_view, 5> answered{"Cache-Control", "Content-Type", "ETag", "Last-Modified",
                                                   "Retry-After"};

api::Headers those_of(const api::Headers& headers, std::span<const std::string_view> names) {
  api::Headers kept;
  for (const std::string_view name : names)
    if (const std::string* value = api::find_header(headers, name)) kept.emplace_back(name, *value);
  return kept;
}

api::Peer::Question question_of(const Asking& who, api::Request request, const std::string& secret) {
  api::Peer::Question question{std::move(request.method), std::move(request.target), those_of(request.headers, asked),
                               std::move(request.body)};
  const domain::InstanceFile::Spec& instance = who.instance;
  question.headers.emplace_back("X-Forwarded-For", who.address.text());
  question.headers.emplace_back("X-Instance-ID", instance.instance_id);
  question.headers.emplace_back("X-Tenant-ID", instance.project_id);
  question.headers.emplace_back("X-Instance-ID-Signature", signature(secret, instance.instance_id));
  return question;
}

api::Response response_of(Result<api::Peer::Answer> answer) {
  if (!answer) return {503, {{"Content-Type", plain_text}, {"Retry-After", "1"}}, "The metadata is not to be had now."};
  return {answer->status, those_of(answer->headers, answered), std::move(answer->body)};
}

std::string path_of(const std::string& target) {
  return target.substr(0, target.find('?'));
}

}  // namespace

std::string signature(const std::string& secret, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  std::string digits;
  for (unsigned i = 0; i < size; ++i) {
    digits += hex::digit(digest[i] >> 4);
    digits += hex::digit(digest[i]);
  }
  return digits;
}

Service::Service(rt::Descriptor folder, std::unique_ptr<Nova> nova)
    : folder_(std::move(folder)), nova_(std::move(nova)), pool_("metadata", threads, waiting_max) {}

api::Response Service::refuse(unsigned status, std::string_view message) {
  return {status, {{"Content-Type", plain_text}}, std::string(message)};
}

void Service::handle(api::Request request, api::Respond respond) {
  const Result<Asking> who = asking(folder_, request.client);
  if (!who) return respond(refuse(404, "No instance is known by this address."));
  if (nova_) return ask_nova(*who, std::move(request), std::move(respond));
  if (request.method != "GET" && request.method != "HEAD") return respond(refuse(405, "Metadata is only read here."));
  const std::string path = path_of(request.target);
  std::optional<std::string> found = document(*who, path);
  if (!found) return respond(refuse(404, "There is no such document."));
  const std::string type = path.ends_with(".json") ? "application/json" : plain_text;
  respond(api::Response{200, {{"Content-Type", type}}, std::move(*found)});
}

bool Service::begin(domain::InstanceFile::Key number) {
  const std::scoped_lock lock(mutex_);
  std::size_t& count = under_way_[number];
  if (count == questions_max) return false;
  ++count;
  return true;
}

void Service::end(domain::InstanceFile::Key number) {
  const std::scoped_lock lock(mutex_);
  const auto at = under_way_.find(number);
  if (--at->second == 0) under_way_.erase(at);
}

void Service::ask_nova(const Asking& who, api::Request request, api::Respond respond) {
  if (who.instance.instance_id.empty()) return respond(refuse(404, "This port is no instance's."));
  if (!begin(who.number)) return respond(refuse(429, "This instance has too many questions under way."));
  // Shared: where the pool takes no more, the refusal still has whom to answer.
  auto answer = std::make_shared<api::Respond>(std::move(respond));
  const bool taken =
      pool_.run([this, number = who.number, answer, question = question_of(who, std::move(request), nova_->secret)] {
        Result<api::Peer::Answer> said = nova_->line->ask(question);
        end(number);
        (*answer)(response_of(std::move(said)));
      });
  if (taken) return;
  end(who.number);
  (*answer)(refuse(503, "Too many questions wait already."));
}

}  // namespace tarn::metadata
