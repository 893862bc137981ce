#include <ctnn/core.hpp>
