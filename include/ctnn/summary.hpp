// The table of a network's layers, as Keras prints it.
#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iostream>
#include <string>
#include <vector>

#include "errors.hpp"
#include "number_text.hpp"
#include "sequential.hpp"
#include "weight_table.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// "AveragePooling2D" → "average_pooling2d", as Keras names a layer after its class.
[[gnu::cold]] inline std::string snake_case(const std::string& class_name) {
  std::string name;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const SnakeLetters next = snake_letters(class_name, i);
    name.append(next.letters, next.count);
  }
  return name;
}

/// Names layers as Keras does: "dense", "dense_1", "tanh", "dense_2".
class LayerNames {
 public:
  [[gnu::cold]] std::string next(const std::string& class_name) {
    const std::string base = snake_case(class_name);
    const auto earlier = std::count(given_.begin(), given_.end(), base);
    given_.push_back(base);
    return earlier ? concat(base, "_", std::to_string(earlier)) : base;
  }

 private:
  std::vector<std::string> given_;
};

[[gnu::cold]] inline std::string bytes_text(std::size_t bytes) {
  const char* const units[] = {"B", "KB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit < 4) value /= 1024, ++unit;
  return concat(fixed_text(value, 2), " ", units[unit]);
}

[[gnu::cold]] inline std::string thousands(std::size_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

struct SummaryRow {
  std::string layer, shape;
  std::size_t parameters, flops;
};

/// The sums below the table.
struct SummaryTotals {
  std::size_t parameters, trainable, flops, tape;  ///< tape: numbers that a sample's backward pass reads
  std::size_t scalar_bytes;
};

/// The rows of layers of these classes, each with the shape that it gives; its parameters begin at its offset, and so many
/// operations have been done before it. A function that all networks share.
[[gnu::cold]] inline std::vector<SummaryRow> summary_rows(std::initializer_list<const char*> class_names, const Dimensions* shape,
                                                          const std::size_t* offset, const std::size_t* flops) {
  std::vector<SummaryRow> rows;
  LayerNames names;
  for (const std::string class_name : class_names) {
    ++shape, ++offset, ++flops;
    // Keras lists no row for the input.
    if (class_name == "InputLayer") continue;
    std::string axes = "(None";
    for (std::size_t axis = 0; axis < shape->rank; ++axis) axes += concat(", ", std::to_string(shape->axes[axis]));
    rows.push_back(
        {concat(names.next(class_name), " (", class_name, ")"), concat(axes, ")"), offset[0] - offset[-1], flops[0] - flops[-1]});
  }
  return rows;
}

[[gnu::cold]] inline void print_summary(std::ostream& out, const std::vector<SummaryRow>& rows, const SummaryTotals& totals) {
  constexpr std::size_t columns = 4;
  std::array<std::size_t, columns> width{32, 23, 14, 14};
  for (const SummaryRow& row : rows) {
    width[0] = std::max(width[0], row.layer.size() + 1);
    width[1] = std::max(width[1], row.shape.size() + 1);
  }
  const auto rule = [&](const char* left, const char* line, const char* middle, const char* right) {
    out << left;
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t i = 0; i < width[column] + 1; ++i) out << line;
      out << (column + 1 < columns ? middle : right);
    }
    out << '\n';
  };
  const auto text = [&](const char* bar, std::size_t column, const std::string& value) {
    out << bar << ' ' << value << std::string(width[column] - value.size(), ' ');
  };
  const auto number = [&](const char* bar, std::size_t column, const std::string& value) {
    out << bar << std::string(width[column] - std::min(width[column], value.size()), ' ') << value << ' ';
  };
  const auto cells = [&](const char* bar, const std::string& layer, const std::string& shape, const std::string& count,
                         const std::string& flops) {
    text(bar, 0, layer);
    text(bar, 1, shape);
    number(bar, 2, count);
    number(bar, 3, flops);
    out << bar << '\n';
  };
  const auto with_bytes = [&](std::size_t count) {
    return concat(thousands(count), " (", bytes_text(count * totals.scalar_bytes), ")");
  };
  out << "Model: \"sequential\"\n";
  rule("┏", "━", "┳", "┓");
  cells("┃", "Layer (type)", "Output Shape", "Param #", "FLOPs");
  rule("┡", "━", "╇", "┩");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) rule("├", "─", "┼", "┤");
    cells("│", rows[i].layer, rows[i].shape, thousands(rows[i].parameters), thousands(rows[i].flops));
  }
  rule("└", "─", "┴", "┘");
  out << " Total params: " << with_bytes(totals.parameters) << "\n Trainable params: " << with_bytes(totals.trainable)
      << "\n Non-trainable params: " << with_bytes(totals.parameters - totals.trainable)
      << "\n FLOPs per sample, forward: " << thousands(totals.flops)
      << "\n Kept per sample for backward: " << with_bytes(totals.tape) << '\n';
}

/// Of a layer's parameters or a network's.
template <class Parameters>
constexpr std::size_t trainable_count(const Parameters& parameters) {
  std::size_t count = 0;
  for (const auto& parameter : parameters) {
    if constexpr (requires { parameter.trainable; }) {
      if (!parameter.trainable) continue;
    }
    count += parameter.shape.size();
  }
  return count;
}

template <class Net>
[[gnu::cold]] std::vector<SummaryRow> summary_rows() {
  using Chain = typename Net::template chain<typename Net::input_shape>;
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return summary_rows({Chain::template layer<I>::class_name...}, Chain::plan.shape, Chain::plan.offset, Chain::plan.flops);
  }(std::make_index_sequence<Chain::count>{});
}

}  // namespace detail

/// Prints a network's layers, output shapes and parameter counts in Keras's format and, what a network that is a type knows,
/// the floating-point operations of one sample's forward pass (a multiply-add counts as two) and the numbers that a sample
/// keeps for its backward pass. Bytes are those of `Scalar`.
template <class Net, class Scalar = float>
[[gnu::cold]] void print_summary(std::ostream& out = std::cout) {
  constexpr std::size_t trainable = detail::trainable_count(Net::parameters(Net::input_shape::dimensions));
  detail::print_summary(out, detail::summary_rows<Net>(),
                        {Net::parameter_count, trainable, Net::flops, Net::tape_bytes / sizeof(float), sizeof(Scalar)});
}

}  // namespace ctnn::inline CTNN_VARIANT
