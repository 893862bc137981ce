// What the peers written in C++ share: the tasks' data and options, and the protocol in which compare.py asks for results and
// times.
//
// A peer is a program of its own, for libraries and their flags do not mix. It is started with the directory of the data, says who
// it is in one line of JSON, {"name", "version", "facts", "tasks": [...]}, and answers requests, a line each, until its input ends:
//   check TASK         {"values": [...]}: the losses of the first steps, or the answer to the first sample
//   time SECONDS TASK  {"ns": ..., "iterations": ...}: CPU time of an iteration, that of all threads together
// Every task starts from ctnn's parameters and sees the same data in the same order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace compare {

enum class Method { sgd, adam };
inline constexpr double adam_rate = 0.001, adam_beta_1 = 0.9, adam_beta_2 = 0.999;
/// Keras adds ε to the root of v before its correction for the start at zero, PyTorch to the corrected one. So small, it makes
/// no difference; 1e-10 still makes one of 5e-4 in LeNet-5's losses.
inline constexpr double adam_epsilon = 1e-15;

/// A network's name in the data's files, and the shape of its data.
struct Network {
  const char* name;
  std::size_t inputs, outputs;
  float sgd_rate;
  /// How many samples the data's file has.
  std::size_t samples;
  /// Whether it classifies: targets are the numbers of classes in bytes, the loss is the crossentropy of the softmax of the
  /// outputs.
  bool classifies = false;

  /// Steps whose losses are compared. Few where a class is chosen: with such an ε Adam moves a parameter by its full rate even
  /// where its gradient is no more than a rounding error, and from then on runs go their own ways.
  constexpr std::size_t checked_steps() const { return classifies ? 8 : inputs > 64 ? 20 : 200; }
};
inline constexpr std::size_t digits = 2560;
inline constexpr Network line{"1-1", 1, 1, 0.1f, 100}, parabola{"1-2-1", 1, 1, 0.3f, 200}, small{"1-8-8-1", 1, 1, 0.01f, 1},
    curve{"1-16-16-1", 1, 1, 0.01f, 32}, rectifiers{"16-16-16-16", 16, 16, 0.01f, 1}, tanh_64{"64-64-64", 64, 64, 0.01f, 1},
    relu_128{"128-128-128", 128, 128, 0.01f, 1}, dense{"784-128-10", 784, 10, 0.01f, digits, true},
    lenet{"LeNet-5", 784, 10, 0.01f, digits, true}, large{"1024-1024-1024", 1024, 1024, 0.01f, 128};
inline constexpr std::array networks{line, parabola, small, curve, rectifiers, tanh_64, relu_128, dense, lenet, large};

/// The name of training that network on batches of that size.
inline std::string training(const Network& network, Method method, std::size_t batch) {
  return std::string("train ") + network.name + (method == Method::sgd ? ", SGD" : ", Adam") + ", batch " + std::to_string(batch);
}
/// The name of answering samples, each of which waits for the last one's answer.
inline std::string answering(const Network& network) { return std::string("sample ") + network.name; }

/// Memory that begins with a cache line: none of the peers may be slow for where its data happens to lie.
template <class Number>
struct Aligned {
  using value_type = Number;
  static constexpr std::align_val_t alignment{64};

  Aligned() = default;
  template <class Other>
  Aligned(const Aligned<Other>&) {}
  Number* allocate(std::size_t count) { return static_cast<Number*>(::operator new(count * sizeof(Number), alignment)); }
  void deallocate(Number* first, std::size_t) { ::operator delete(first, alignment); }
  bool operator==(const Aligned&) const { return true; }
};
template <class Number>
using Array = std::vector<Number, Aligned<Number>>;

/// A network's parameters, inputs and targets.
class Data {
 public:
  Data(const std::string& directory, const Network& of)
      : network(of),
        parameters(read<float>(directory + "/" + network.name + ".parameters")),
        x(read<float>(directory + "/" + (network.classifies ? "digits" : network.name) + ".x")) {
    if (network.classifies) {
      labels = read<std::uint8_t>(directory + "/digits.labels");
    } else {
      y = read<float>(directory + "/" + network.name + ".y");
    }
  }

  Network network;
  Array<float> parameters;
  /// (samples, inputs) and (samples, outputs), row by row; or `labels`, where the network classifies.
  Array<float> x, y;
  Array<std::uint8_t> labels;

 private:
  template <class Number>
  static Array<Number> read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    const std::string content = bytes.str();
    if (!file || content.empty()) {
      std::cerr << "cannot read " << path << '\n';
      std::exit(1);
    }
    Array<Number> result(content.size() / sizeof(Number));
    __builtin_memcpy(result.data(), content.data(), result.size() * sizeof(Number));
    return result;
  }
};

/// A batch of `size` samples: their targets are in y or in labels.
struct Batch {
  const float* x;
  const float* y;
  const std::uint8_t* labels;
  std::size_t size;
};

/// The batches that a training task sees. While results are checked they are consecutive parts of the data. While time is taken
/// they are the first 64 samples, or the first part if it is larger, again and again; if they are labelled, their labels go round
/// through all classes: there is nothing to learn but that all are equally likely, so gradients do not fade as a loss does that
/// goes to zero. (One sample at a time, Adam silences units all the same.)
class Batches {
 public:
  Batches(const Data& data, std::size_t size, bool checking)
      : data_(data),
        size_(size),
        parts_(checking                               ? data.network.samples / size
               : size < 64 && data.network.classifies ? 64 / size
                                                      : 1),
        turns_(checking ? 1 : classes) {
    if (!data.network.classifies) return;
    for (std::size_t turn = 0; turn < turns_; ++turn) {
      for (std::size_t i = 0; i < parts_ * size; ++i)
        labels_.push_back(static_cast<std::uint8_t>((data.labels[i] + turn) % classes));
    }
  }

  Batch next() {
    const std::size_t part = step_ % parts_, labels = step_ * size_;
    step_ = step_ + 1 == parts_ * turns_ ? 0 : step_ + 1;
    const std::size_t first = part * size_;
    return {data_.x.data() + first * data_.network.inputs,
            data_.y.empty() ? nullptr : data_.y.data() + first * data_.network.outputs,
            labels_.empty() ? nullptr : labels_.data() + labels, size_};
  }

 private:
  static constexpr std::size_t classes = 10;
  const Data& data_;
  std::size_t size_, parts_, turns_;
  /// A turn after another.
  std::vector<std::uint8_t> labels_;
  std::size_t step_ = 0;
};

/// The compiler must take the value for used, and all memory for changed.
template <class Value>
[[gnu::always_inline]] inline void keep(Value& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

/// A program's tasks, and its answers to compare.py.
class Peer {
 public:
  Peer(std::string name, std::string version, int argc, char** argv)
      : name_(std::move(name)), version_(std::move(version)), directory_(argc > 1 ? argv[1] : ".") {}

  /// Adds training. `start(data)` gives something new to train: called with a Batch it takes one step and returns the batch's loss
  /// before that.
  template <class Start>
  void train(const Network& network, Method method, std::size_t batch, Start start) {
    add(
        training(network, method, batch),
        [=, this] {
          const Data& data = data_of(network);
          auto step = start(data);
          Batches batches(data, batch, true);
          std::vector<double> losses;
          for (std::size_t i = 0; i < network.checked_steps(); ++i) losses.push_back(static_cast<double>(step(batches.next())));
          return losses;
        },
        [=, this](double seconds) {
          const Data& data = data_of(network);
          auto step = start(data);
          Batches batches(data, batch, false);
          if (!network.classifies) {
            const Batch all = batches.next();
            return time(seconds, [&] {
              auto loss = step(all);
              keep(loss);
            });
          }
          return time(seconds, [&] {
            auto loss = step(batches.next());
            keep(loss);
          });
        });
  }

  /// Adds answers to samples, each waiting for the last one's answer. `start(data)` gives a function from an array of inputs to
  /// one of outputs; what it learns of the sample is only that some of it has changed.
  template <std::size_t In, std::size_t Out, class Start>
  void answer(const Network& network, Start start) {
    const auto sample = [](const Data& data) {
      std::array<float, In> x;
      for (std::size_t i = 0; i < In; ++i) x[i] = data.x[i];
      return x;
    };
    add(
        answering(network),
        [=, this] {
          const Data& data = data_of(network);
          auto function = start(data);
          const std::array<float, In> x = sample(data);
          const std::array<float, Out> y = function(x);
          return std::vector<double>(y.begin(), y.end());
        },
        [=, this](double seconds) {
          const Data& data = data_of(network);
          auto function = start(data);
          alignas(64) std::array<float, In> x = sample(data);
          return time(seconds, [&] {
            const std::array<float, Out> y = function(x);
            if constexpr (In == Out) {
              x = y;
            } else {
              x[0] = y[0];
            }
            changed(x);
          });
        });
  }

  /// Adds what has no peer's result to agree with: `start()` gives what is timed.
  template <class Start>
  void measure(const std::string& task, Start start) {
    add(task, [] { return std::vector<double>(); }, [=](double seconds) { return time(seconds, start()); });
  }

  /// Facts that compare.py takes besides, the text of a JSON object.
  void set_facts(std::string json) { facts_ = std::move(json); }

  /// Answers until the input ends. Returns what main does.
  int serve() {
    std::cout << "{\"name\": \"" << name_ << "\", \"version\": \"" << version_ << "\", \"facts\": " << facts_ << ", \"tasks\": [";
    for (std::size_t i = 0; i < tasks_.size(); ++i) std::cout << (i ? ", \"" : "\"") << tasks_[i].name << '"';
    std::cout << "]}" << std::endl;
    std::string verb, name;
    while (std::cin >> verb) {
      double seconds = 0;
      if (verb == "time") std::cin >> seconds;
      std::getline(std::cin >> std::ws, name);
      const Task* task = nullptr;
      for (const Task& other : tasks_) {
        if (other.name == name) task = &other;
      }
      if (!task) {
        std::cerr << "no task is named " << name << '\n';
        return 1;
      }
      if (verb == "time") {
        const auto [ns, iterations] = task->time(seconds);
        std::cout << "{\"ns\": " << ns << ", \"iterations\": " << iterations << "}" << std::endl;
      } else {
        std::cout << "{\"values\": [";
        std::cout.precision(9);
        bool first = true;
        for (const double value : task->check()) std::cout << (std::exchange(first, false) ? "" : ", ") << value;
        std::cout << "]}" << std::endl;
      }
    }
    return 0;
  }

 private:
  struct Time {
    double ns;
    std::size_t iterations;
  };
  struct Task {
    std::string name;
    std::function<std::vector<double>()> check;
    std::function<Time(double)> time;
  };

  template <class Check, class TakeTime>
  void add(const std::string& task, Check check, TakeTime take_time) {
    tasks_.push_back({task, check, take_time});
  }

  const Data& data_of(const Network& network) {
    for (const auto& data : data_) {
      if (std::string(data->network.name) == network.name) return *data;
    }
    data_.push_back(std::make_unique<Data>(directory_, network));
    return *data_.back();
  }

  /// A sample that the compiler must take for changed; a lone number stays in its register, as it would in a control loop.
  template <std::size_t Size>
  [[gnu::always_inline]] static void changed(std::array<float, Size>& sample) {
#if defined(__x86_64__)
    if constexpr (Size == 1) {
      asm volatile("" : "+x"(sample[0]) : : "memory");
      return;
    }
#endif
    keep(sample);
  }

  static double cpu_seconds() {
    std::timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }

  /// Calls it until that takes so long. What comes first, to warm up and to see how often, is not counted.
  template <class Function>
  static Time time(double seconds, Function&& function) {
    for (std::size_t iterations = 1;; iterations *= 2) {
      const double start = cpu_seconds();
      for (std::size_t i = 0; i < iterations; ++i) function();
      const double taken = cpu_seconds() - start;
      // The last of these runs is half of all: long enough to be the measurement.
      if (taken >= seconds) return {taken * 1e9 / static_cast<double>(iterations), iterations};
    }
  }

  std::string name_, version_, directory_, facts_ = "{}";
  std::vector<std::unique_ptr<Data>> data_;
  std::vector<Task> tasks_;
};

}  // namespace compare
