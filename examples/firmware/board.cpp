// Start-up of a Cortex-M without an operating system: nothing of the C or C++ library runs. Prints by semihosting, which is QEMU's
// or a debugger's.
#include "board.hpp"

#include <cstddef>

int main();

namespace {

/// What the linker script says where it is.
extern "C" std::uint32_t data_source[], data_begin[], data_end[], bss_begin[], bss_end[], stack_end[];

constexpr std::uint32_t paint = 0x5ca1ab1e;

std::uint32_t semihosting(std::uint32_t operation, std::uintptr_t argument) {
  register std::uint32_t r0 asm("r0") = operation;
  register std::uintptr_t r1 asm("r1") = argument;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

[[noreturn]] void stop(bool success) {
  // ADP_Stopped_ApplicationExit, or an internal error.
  for (;;) semihosting(0x18, success ? 0x20026 : 0x20024);
}

[[noreturn]] void fault() {
  board::print("fault\n");
  stop(false);
}

volatile std::uint32_t& at(std::uintptr_t address) { return *reinterpret_cast<volatile std::uint32_t*>(address); }

[[noreturn]] void start() {
#ifdef __ARM_FP
  // The coprocessor access control register: floating point for everyone.
  at(0xe000ed88) = at(0xe000ed88) | 0xf << 20;
  asm volatile("dsb\nisb");
#endif
  const std::uint32_t* source = data_source;
  for (std::uint32_t* word = data_begin; word != data_end; ++word) *word = *source++;
  for (std::uint32_t* word = bss_begin; word != bss_end; ++word) *word = 0;
  // What is below this function's own frame.
  std::uint32_t* const here = static_cast<std::uint32_t*>(__builtin_frame_address(0)) - 16;
  for (std::uint32_t* word = bss_end; word < here; ++word) *word = paint;
  stop(main() == 0);
}

/// What the processor reads first: its stack's end, where it starts, and where it goes on when something is wrong.
struct Vectors {
  const void* stack;
  void (*handlers[15])();
};
extern "C" [[gnu::section(".vectors"), gnu::used]] constexpr Vectors vectors{
    stack_end, {start, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};

// The clock that every Cortex-M has: it counts 24 bits down, once a cycle.
constexpr std::uintptr_t control = 0xe000e010, reload = 0xe000e014, current = 0xe000e018;
constexpr std::uint32_t longest = 0xffffff;
constexpr int repetitions = 100;

void start_clock() {
  at(reload) = longest;
  at(current) = 0;
  at(control) = 5;
}

std::uint32_t ticks() { return longest - at(current); }

/// Ten times the instructions that a tick stands for, by a loop of known length.
std::uint32_t tenfold_instructions_of_a_tick() {
  constexpr std::uint32_t rounds = 100'000;
  std::uint32_t left = rounds;
  start_clock();
  asm volatile("1: sub %0, %0, #1\ncmp %0, #0\nbne 1b" : "+r"(left) : : "cc");
  return 10 * 3 * rounds / ticks();
}

}  // namespace

namespace board {

void print(const char* text) { semihosting(0x04, reinterpret_cast<std::uintptr_t>(text)); }

void print_hexadecimal(std::uint32_t number) {
  char text[] = "0x00000000";
  for (std::size_t i = 9; i > 1; --i, number /= 16) text[i] = "0123456789abcdef"[number % 16];
  print(text);
}

void print_decimal(std::uint32_t number) {
  char text[11] = {};
  std::size_t i = 10;
  do text[--i] = static_cast<char>('0' + number % 10);
  while (number /= 10);
  print(text + i);
}

std::uint32_t instructions(void (*work)()) {
  const std::uint32_t tenfold = tenfold_instructions_of_a_tick();
  start_clock();
  for (int i = 0; i < repetitions; ++i) work();
  return ticks() * tenfold / (10 * repetitions);
}

std::uint32_t stack_high_water() {
  const std::uint32_t* word = bss_end;
  while (*word == paint) ++word;
  return static_cast<std::uint32_t>((stack_end - word) * 4);
}

}  // namespace board
