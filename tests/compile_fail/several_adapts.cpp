// What cannot be adapted, and to what.
#include <ctnn/ctnn.hpp>
#include <vector>
using namespace ctnn;
using namespace ctnn::literals;
#ifdef ACCEPTED
#define EITHER(right, wrong) right
#else
#define EITHER(right, wrong) wrong
#endif
using Batch = xt::xtensor<float, 2>;
using Adaptable = Model<Sequential<Input<3>, Normalization<>, Dense<2>>>;
using Other = Model<Sequential<Dense<3, 2>>>;

// mistake: adapt where nothing adapts
// expect: ctnn: adapt must be called of a layer that adapts to data, as Normalization<>, or of a network or block with such a layer
// expect: can_adapt<Sequential<Dense<3, 2>>>
void nothing_adapts(EITHER(Adaptable, Other) & model, const Batch& x) { model.adapt(x); }

// mistake: adapt of a layer that does not
// expect: ctnn: adapt must be called of a layer that adapts to data, as Normalization<>
// expect: can_adapt<Dense<2>>
void other_layer(Adaptable& model, const Batch& x) { model[EITHER(1_c, 2_c)].adapt(x); }

// mistake: adapt of a const model
// expect: ctnn: adapt must be called of a model that is not const
// expect: may_be_set<Normalization<
void const_adapt(EITHER(, const) Adaptable& model, const Batch& x) { model[1_c].adapt(x); }

// mistake: adapt to a vector
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_input, std::vector<double
void adapt_vector(Adaptable& model, const EITHER(Batch, std::vector<double>) & x) { model.adapt(x); }

// mistake: adapt to numbers in braces
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_input, detail::in_braces<double>>
void braced_adapt(Model<Sequential<Input<2>, Normalization<>>, double>& model) { model.adapt(EITHER(Batch, ){{1, 2}, {3, 4}}); }
