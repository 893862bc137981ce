// What save_header cannot write as C++.
#include <ctnn/core.hpp>
#include <ctnn/io/source_text.hpp>
using namespace ctnn;

/// What a layer computes is not asked here.
struct Computes {
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
};
struct Text {
  char letter = 'a';
};
template <class First, int Second, class Third>
struct Mixed : Computes {};
template <Text Value>
struct Named : Computes {};

// mistake: arguments of mixed kinds
// expect: ctnn: a layer that save_header writes must be a class in a namespace, or a template of types
// expect: has_source_name<Mixed<Tanh,2,ReLU>,
#ifdef ACCEPTED
struct OwnMixed : Mixed<Tanh, 2, ReLU> {};
const auto mixed = detail::source_of<OwnMixed>();
#else
const auto mixed = detail::source_of<Mixed<Tanh, 2, ReLU> >();
#endif

// mistake: an argument of a class
// expect: template is given must, for save_header, be a type, a number, an enumerator, an option or a regularizer
// expect: has_source_value<Text>
#ifdef ACCEPTED
struct OwnNamed : Named<Text{}> {};
const auto named = detail::source_of<OwnNamed>();
#else
const auto named = detail::source_of<Named<Text{}> >();
#endif
