#include "rt/line_client.h"

#include <optional>

#include "base/check.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"

namespace tarn::rt {
namespace {

// One question on a private loop.
class Asking {
 public:
  Asking(std::string path, std::string request) : path_(std::move(path)), request_(std::move(request)) {}

  Result<std::string> within(Duration timeout) {
    attempt_ = AsioDialer(loop_).dial(path_, [this](auto stream) { connected(std::move(stream)); });
    if (!loop_.run_until([this] { return answer_.has_value(); }, timeout)) {
      return fail(ErrorCode::unavailable, "no answer in time from " + path_);
    }
    return std::move(*answer_);
  }

 private:
  void connected(Result<std::unique_ptr<Stream>> stream) {
    if (!stream) {
      answer_ = fail(std::move(stream.error()));
      return;
    }
    stream_ = std::move(*stream);
    stream_->start({[this](ByteView bytes) { received(bytes); },
                    [this](const Error& error) { end(fail(ErrorCode::unavailable, "no answer: " + error.message)); },
                    {}});
    request_ += '\n';
    stream_->write(Bytes(request_.begin(), request_.end()));
  }

  void received(ByteView bytes) {
    const std::size_t searched = text_.size();
    text_.append(bytes.begin(), bytes.end());
    const std::size_t length = text_.find('\n', searched);
    if (length != std::string::npos) return end(text_.substr(0, length));
    if (text_.size() > answer_bytes_max) end(fail(ErrorCode::corrupt, "an endless answer from " + path_));
  }

  void end(Result<std::string> answer) {
    if (!answer_) answer_ = std::move(answer);
  }

  std::string path_;
  std::string request_;
  AsioLoop loop_;  // before what lives on it
  std::unique_ptr<Dialer::Attempt> attempt_;
  std::unique_ptr<Stream> stream_;
  std::string text_;
  std::optional<Result<std::string>> answer_;
};

}  // namespace

Result<std::string> ask(const std::string& path, const std::string& request, Duration timeout) {
  CHECK(request.find('\n') == std::string::npos);
  return Asking(path, request).within(timeout);
}

}  // namespace tarn::rt
