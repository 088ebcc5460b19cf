// tarn password: the hash of a password, for the file of the built-in identity service.
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "commands.h"
#include "identity/password.h"
#include "screen.h"

namespace tarn::cli {
namespace {

// A terminal that does not show what is typed, until this goes.
class Unseen {
 public:
  Unseen() : terminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!terminal_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~Unseen() {
    if (terminal_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
  bool terminal_;
};

std::string ask(const std::string& what) {
  const Unseen unseen;
  if (isatty(STDIN_FILENO) == 1) std::cerr << what << ": " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  if (isatty(STDIN_FILENO) == 1) std::cerr << '\n';
  return line;
}

int password(const Common& common) {
  const Screen screen(common.json);
  const std::string said = ask("Password");
  if (isatty(STDIN_FILENO) == 1 && ask("The same again") != said)
    return screen.failed({ErrorCode::invalid, {}, "these were two different passwords"});
  const Result<std::string> hash = identity::hash_password(said);
  if (!hash) return screen.failed(hash.error());
  if (screen.json())
    screen.value({{"password_hash", *hash}});
  else
    screen.line(*hash);
  return EXIT_SUCCESS;
}

}  // namespace

void add_password_command(CLI::App& app, Common& common) {
  app.add_subcommand("password", "Reads a password from the terminal or stdin, and prints its hash for identity.yaml")
      ->callback([&common] { common.exit_code = password(common); });
}

}  // namespace tarn::cli
