// What the firmware needs of its board, or of the emulator that stands for it (board.cpp): a place to print, a clock, its stack.
#pragma once

#include <cstdint>

namespace board {

void print(const char* text);
void print_hexadecimal(std::uint32_t number);
void print_decimal(std::uint32_t number);

/// The instructions that a function takes, as far as a clock tells that an emulator steps once for so many instructions.
std::uint32_t instructions(void (*work)());

/// The most bytes that the stack has ever taken.
std::uint32_t stack_high_water();

}  // namespace board
