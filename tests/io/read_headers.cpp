// What write_headers.cpp wrote is, to the compiler, the network that was written: the same type, the same bits, a constant.
#include "alone.hpp"
#include "header_networks.hpp"
#include "written_double.hpp"
#include "written_float.hpp"
#include "written_none.hpp"

using namespace header_networks;

static_assert(std::same_as<written_float_network, Every> && std::same_as<written_double_network, Every>);
static_assert(std::same_as<decltype(written_float()), StaticModel<Every>>);
static_assert(std::same_as<decltype(written_double()), StaticModel<Every, double>>);

// In flash, and in RAM.
constexpr auto flash = written_float();
constinit auto ram = written_float();
static_assert(has_weights(flash));
static_assert(has_weights(written_double()));
static_assert(has_weights(alone()));
static_assert(alone()(std::array{1.0f})[0] == 0.0f);
static_assert(written_none()(std::array{0.0f, 0.0f, 0.0f})[0] == 0.0f);

int main() { return has_weights(ram) ? 0 : 1; }
