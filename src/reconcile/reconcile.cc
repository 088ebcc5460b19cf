#include "reconcile/diff.h"
#include "reconcile/target.h"
