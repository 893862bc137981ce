// A robot arm's controller without an operating system: the network lies in flash, and no library is linked but the compiler's own
// arithmetic.
#include "answers.hpp"
#include "board.hpp"

// The compiler runs the network that was trained: a header that is not good enough does not compile.
static_assert(answers[0][0] > 0.49f && answers[0][0] < 0.51f && answers[0][1] > 0.99f && answers[0][1] < 1.01f);

using namespace ctnn;

namespace {

Model::Output answer_at(Model::Sample place) {
  // What the compiler no longer knows it cannot compute.
  asm("" : "+m"(place));
  return model(place);
}

/// Prints the answers; whether they are the compiler's to the bit.
bool answers_are_the_compilers() {
  bool equal = true;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Model::Output answer = answer_at(places[i]);
    board::print("answer");
    for (std::size_t k = 0; k < answer.size(); ++k) {
      const auto bits = std::bit_cast<std::uint32_t>(answer[k]);
      equal = equal && bits == std::bit_cast<std::uint32_t>(answers[i][k]);
      board::print(" ");
      board::print_hexadecimal(bits);
    }
    board::print("\n");
  }
  return equal;
}

void print_number(const char* text, std::uint32_t number) {
  board::print(text);
  board::print_decimal(number);
  board::print("\n");
}

/// Learns that the arm has become 4 % longer, in memory of this function alone. Whether it has.
[[gnu::noinline]] bool learns() {
  // [readme]
  static constexpr Adam adam{.learning_rate = 0.002};
  Model own = model;
  auto trainer = own.compile(Fixed<adam>{}, MeanSquaredError{});

  std::array<Model::Sample, places.size()> longer = places;
  for (Model::Sample& place : longer) place[0] *= 1.04f, place[1] *= 1.04f;
  const float before = trainer.train_on_batch(longer, joints);
  for (int step = 0; step < 200; ++step) trainer.train_on_batch(longer, joints);
  const float after = trainer.train_on_batch(longer, joints);
  // [/readme]
  print_number("loss before learning, billionths of a rad²: ", static_cast<std::uint32_t>(before * 1e9f));
  print_number("loss after it, billionths of a rad²: ", static_cast<std::uint32_t>(after * 1e9f));
  return after < before / 10;
}

}  // namespace

int main() {
  const bool equal = answers_are_the_compilers();
  print_number("instructions an answer: ", board::instructions([] {
                 const Model::Output answer = answer_at(places[0]);
                 asm volatile("" : : "m"(answer));
               }));
  print_number("stack at most, bytes: ", board::stack_high_water());
  const bool learned = learns();
  print_number("with what it learns in, bytes: ", board::stack_high_water());
  return equal && learned ? 0 : 1;
}
