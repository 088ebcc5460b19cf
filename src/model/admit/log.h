// Logs as other rules see them: what is logged takes its logs along when it goes. The rules of ports and security
// groups call this; the log's own rules are in log.cc.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

void drop_logs(Draft& draft, const Uuid& of);

}  // namespace tarn::model::admission
