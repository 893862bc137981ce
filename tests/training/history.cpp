#include <doctest/doctest.h>

#include <cmath>
#include <ctnn/training/history.hpp>

using namespace ctnn;

TEST_CASE("logs: numbers by name, in their order") {
  Logs logs;
  logs.set("val_loss", 3);
  logs.set("loss", 1);
  logs.set("accuracy", 2);
  logs.set("loss", 4);
  logs.sort();
  CHECK(logs.size() == 3);
  std::string names;
  for (const auto& [name, value] : logs) names += name + ' ';
  CHECK(names == "accuracy loss val_loss ");
  CHECK(logs["loss"] == 4);
  CHECK(*logs.find("val_loss") == 3);
  CHECK(logs.find("los") == nullptr);
  CHECK_THROWS_WITH_AS(logs["los"], "ctnn: Logs: the name must be one of \"accuracy\", \"loss\", \"val_loss\", but is \"los\"",
                       OptionError);
  CHECK_THROWS_WITH_AS(Logs()["loss"], "ctnn: Logs: the name must be one of (none), but is \"loss\"", OptionError);
}

TEST_CASE("metrics of one name are numbered as in Keras") {
  using Names = std::vector<std::string>;
  CHECK(detail::log_names({}) == Names{"loss"});
  CHECK(detail::log_names({"accuracy", "huber", "accuracy", "accuracy"}) ==
        Names{"loss", "accuracy", "huber", "accuracy_1", "accuracy_2"});
  // Names of a program's own that would be another's: each metric has a name of its own all the same.
  CHECK(detail::log_names({"accuracy_1", "accuracy", "accuracy"}) == Names{"loss", "accuracy_1", "accuracy", "accuracy_2"});
  CHECK(detail::log_names({"loss", "val_loss"}) == Names{"loss", "loss_1", "val_loss_2"});
  CHECK(detail::log_names({"val_accuracy", "accuracy"}) == Names{"loss", "val_accuracy", "accuracy_1"});
  // Of weighted ones.
  CHECK(detail::log_names({"accuracy", "accuracy"}, {false, true}) == Names{"loss", "accuracy", "weighted_accuracy"});
  CHECK(detail::log_names({"accuracy", "auc"}, {true, true}) == Names{"loss", "accuracy", "auc"});
  CHECK(detail::log_names({"auc", "auc", "auc", "auc"}, {false, true, true, false}) ==
        Names{"loss", "auc", "weighted_auc", "weighted_auc_1", "auc_3"});
}

TEST_CASE("a history has every name, equally long") {
  History history;
  Logs logs;
  logs.set("accuracy", 0.5);
  logs.set("loss", 2);
  logs.set("val_loss", 3);
  history.record(logs);
  logs.set("learning_rate", 0.1);
  history.record(logs);
  Logs less;
  less.set("loss", 1);
  history.record(less);
  CHECK(history.loss == std::vector<double>{2, 2, 1});
  CHECK(history["loss"] == history.loss);
  CHECK(&history["val_loss"] == &history.val_loss);
  CHECK(history["accuracy"][1] == 0.5);
  CHECK(history.names() == std::vector<std::string>{"accuracy", "loss", "val_loss", "learning_rate"});
  CHECK(history["learning_rate"][1] == 0.1);
  for (const std::string& name : history.names()) CHECK(history[name].size() == 3);
  CHECK(std::isnan(history["learning_rate"][0]));
  CHECK(std::isnan(history["learning_rate"][2]));
  CHECK(std::isnan(history.val_loss[2]));
  CHECK_THROWS_WITH_AS(history["acc"],
                       "ctnn: History: the name must be one of \"accuracy\", \"loss\", \"val_loss\", \"learning_rate\", but is "
                       "\"acc\"",
                       OptionError);
  CHECK_THROWS_AS(History()["val_loss"], OptionError);
  CHECK(History()["loss"].empty());
}
