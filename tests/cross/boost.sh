#!/bin/sh
# Links Boost's headers into a directory, for compilers for bare metal: those do not look where Boost's are, and must not see the
# others beside them.
#   boost.sh DIRECTORY
set -eu
found=$(g++ -M -x c++ -include boost/version.hpp /dev/null | tr -s ' \\' '\n' | grep '/boost/version\.hpp$')
ln -sfn "${found%/version.hpp}" "$1/boost"
