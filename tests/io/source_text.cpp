#include <doctest/doctest.h>

#include <cstddef>
#include <ctnn/core.hpp>
#include <ctnn/io/source_text.hpp>
#include <set>
#include <string>

namespace source_text_layers {

enum class Kind { first, second };
struct Plain {};
struct Outer {
  struct Inner {};
};
template <class...>
struct OfTypes {};
template <Kind, bool, std::size_t, int, char>
struct OfValues {};
template <class, auto...>
struct OfTypeAndValues {};

}  // namespace source_text_layers

using namespace ctnn;
using namespace source_text_layers;

namespace {

struct Unnamed {};

template <class Type>
std::string source() {
  return detail::source_of<Type>().text;
}
template <class Type>
std::set<std::string> others() {
  return detail::source_of<Type>().others;
}

/// In joined tests all of this file lies in a namespace.
std::string here() {
  std::string name = detail::source_of<Plain>().text;
  return name.erase(name.find("source_text_layers::Plain"));
}

}  // namespace

TEST_CASE("a layer's source is what a program writes") {
  CHECK(source<Tanh>() == "ctnn::Tanh");
  CHECK(source<Dense<3>>() == "ctnn::Dense<3>");
  CHECK(source<Reshape<-1, 2>>() == "ctnn::Reshape<-1, 2>");
  CHECK(source<MaxPooling2D<>>() == "ctnn::MaxPooling2D<>");
  CHECK(source<Conv2D<6, Kernel<5>, Strides<2, 1>, Dilation<1>, Same>>() ==
        "ctnn::Conv2D<6, ctnn::Kernel<5, 5>, ctnn::Strides<2, 1>, ctnn::Dilation<1, 1>, ctnn::Same>");
  CHECK(source<AveragePooling2D<Valid, Pool<3>>>() == "ctnn::AveragePooling2D<ctnn::Valid, ctnn::Pool<3, 3>>");
  CHECK(source<Sequential<Input<2>, Sequential<Dense<3>, ReLU>>>() ==
        "ctnn::Sequential<ctnn::Input<2>, ctnn::Sequential<ctnn::Dense<3>, ctnn::ReLU>>");
  CHECK(source<Regularized<Dense<3>, L1{0.5}>>() == "ctnn::Regularized<ctnn::Dense<3>, ctnn::L1{.l1 = 0.5}>");
  CHECK(source<Regularized<Dense<3>, L1L2{.l2 = 1e-7}>>() ==
        "ctnn::Regularized<ctnn::Dense<3>, ctnn::L1L2{.l1 = 0.0, .l2 = 1e-07}>");
}

TEST_CASE("numbers keep all of their digits and their type") {
  CHECK(source<LeakyReLU<1.0 / 3>>() == "ctnn::LeakyReLU<0.3333333333333333>");
  CHECK(source<ELU<2.0>>() == "ctnn::ELU<2.0>");
  CHECK(source<BatchNormalization<0.5, 1e-300>>() == "ctnn::BatchNormalization<0.5, 1e-300>");
  CHECK(source<Dropout<0.1f>>() == "ctnn::Dropout<0.1f>");
  CHECK(source<Dropout<0>>() == "ctnn::Dropout<0>");
}

TEST_CASE("somebody else's layers are named in full, and listed") {
  const std::string name = here() + "source_text_layers::";
  CHECK(source<Plain>() == name + "Plain");
  CHECK(source<Outer::Inner>() == name + "Outer::Inner");
  CHECK(source<OfTypes<Plain, float, Dense<2>>>() == name + "OfTypes<" + name + "Plain, float, ctnn::Dense<2>>");
  CHECK(source<OfValues<Kind::second, true, 3, -4, 'a'>>() == name + "OfValues<static_cast<" + name + "Kind>(1), true, 3, -4, 97>");
  CHECK(source<OfTypeAndValues<OfTypes<>, 1, 0.5>>() == name + "OfTypeAndValues<" + name + "OfTypes<>, 1, 0.5>");
  CHECK(others<Sequential<Dense<2>, OfTypeAndValues<OfTypes<float>, 1>>>() ==
        std::set<std::string>{name + "OfTypeAndValues", name + "OfTypes"});
  CHECK(others<OfValues<Kind::first, false, 0, 0, 'a'>>().contains(name + "Kind"));
  CHECK(others<Sequential<Dense<2>, Regularized<Dense<3>, L2{}>>>().empty());
}

TEST_CASE("a namespace without a name is not written") { CHECK(source<Unnamed>() == here() + "Unnamed"); }
