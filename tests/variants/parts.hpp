// The parts of one program, compiled for other instructions and with other options.
#pragma once

#include <vector>

namespace variants {

std::vector<double> baseline();
std::vector<double> fast_math();
std::vector<double> with_openmp();
std::vector<double> haswell();

}  // namespace variants
