// The parts of one program, compiled for other instructions and with other options.
#pragma once

#include <vector>

namespace variants {

// Each trains a network and answers; where it is to be refused, it ends by a ShapeError.
std::vector<double> baseline(bool refused = false);
std::vector<double> fast_math(bool refused = false);
std::vector<double> with_openmp(bool refused = false);
std::vector<double> haswell(bool refused = false);

}  // namespace variants
