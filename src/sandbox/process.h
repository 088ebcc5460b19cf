// Other programs (rt/process.h), which the sandbox runs all day, by the names it says them with. Names only; what they
// do stands there.
#pragma once

#include "rt/process.h"

namespace tarn::sandbox {

using rt::alive;
using rt::Argv;
using rt::Daemon;
using rt::Finished;
using rt::mark_of;
using rt::must_run;
using rt::pid_in;
using rt::ProcessMark;
using rt::recall;
using rt::remember;
using rt::run;
using rt::start_daemon;
using rt::start_silent_daemon;
using rt::stop_process;

}  // namespace tarn::sandbox
