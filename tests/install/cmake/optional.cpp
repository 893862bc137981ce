#include <ctnn/data/image.hpp>
#include <ctnn/data/mnist.hpp>
#include <ctnn/io/weights.hpp>
#ifndef _OPENMP
#error ctnn::threads must compile with OpenMP
#endif
