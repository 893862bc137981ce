// Prints, on the machine that compiles, what the firmware must answer.
#include <cstdio>

#include "answers.hpp"

int main() {
  for (const auto& answer : answers) {
    std::printf("answer 0x%08x 0x%08x\n", std::bit_cast<unsigned>(answer[0]), std::bit_cast<unsigned>(answer[1]));
  }
}
