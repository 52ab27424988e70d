// Expected values: scikit-learn's definitions worked out by hand.
#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "eval/class_score.h"
#include "eval/confusion_svg.h"
#include "eval/embeddings.h"
#include "eval/regression_score.h"
#include "eval/roc.h"

using namespace akida;
using namespace akida::eval;
using Catch::Matchers::Contains;

TEST_CASE("precision, recall and F1 follow from the confusion matrix") {
  Confusion confusion;
  // Class 0: 3 of 4 right, one called 1; class 1: 1 of 2 right, one without a prediction.
  for (int i = 0; i < 3; ++i) confusion.add(0, 0);
  confusion.add(0, 1);
  confusion.add(1, 1);
  confusion.add(1, kNoClass);
  CHECK(confusion.accuracy() == Approx(4.0 / 6));
  CHECK(confusion.count(0, 1) == 1);
  CHECK(confusion.class_count() == 2);
  const auto classes = confusion.classes();
  REQUIRE(classes.size() == 2);
  CHECK(classes[0].precision() == 1);
  CHECK(classes[0].recall() == 0.75);
  CHECK(classes[1].precision() == 0.5);
  CHECK(classes[1].recall() == 0.5);
  CHECK(classes[0].f1() == Approx(2 * 0.75 / 1.75));
  CHECK(macro_means(classes).precision == 0.75);
}

TEST_CASE("ranks count higher values, and equal ones that come first") {
  const std::vector<double> values = {3, 5, 3, 1};
  CHECK(rank_of(values, 1) == 0);
  CHECK(rank_of(values, 0) == 1);
  CHECK(rank_of(values, 2) == 2);
  CHECK(rank_of(values, 9) == 4);
}

TEST_CASE("a class has the highest value of its neurons over all locations") {
  CHECK(class_values(std::vector<double>{1, 2, 3, 4, 9, 0, 0, 0}, 4, 2) ==
        std::vector<double>{9, 4});
}

TEST_CASE("the area under the ROC curve counts pairs in the right order") {
  CHECK(roc_auc(std::vector<ScoredSample>{{1, true}, {0, false}}) == 1);
  CHECK(roc_auc(std::vector<ScoredSample>{{0, true}, {1, false}}) == 0);
  CHECK(roc_auc(std::vector<ScoredSample>{{1, true}, {1, false}}) == 0.5);
  // scikit-learn's example: 0.75.
  CHECK(roc_auc(std::vector<ScoredSample>{{0.1, false}, {0.4, false}, {0.35, true}, {0.8, true}}) ==
        0.75);
  CHECK(std::isnan(roc_auc(std::vector<ScoredSample>{{1, true}})));
}

TEST_CASE("the best threshold lies midway between the scores that it parts") {
  const std::vector<ScoredSample> samples = {{1, false}, {3, true}, {2, false}, {5, true}};
  CHECK(best_threshold(samples).threshold == 2.5);
  CHECK(best_threshold(samples).correct == 4);
  const double next = std::nextafter(1.0, 2.0);  // neighbours have nothing between them
  const BestThreshold close = best_threshold(std::vector<ScoredSample>{{1, false}, {next, true}});
  CHECK(close.correct == 2);
  CHECK(next > close.threshold);
  CHECK_FALSE(1 > close.threshold);
  CHECK(best_threshold(std::vector<ScoredSample>{{1, false}}).threshold ==
        std::numeric_limits<double>::infinity());
}

TEST_CASE("folds are scored at the threshold of the others") {
  // Fold 1 learns a threshold of 5 from fold 2, which is wrong for it, and the other way round.
  const std::vector<ScoredSample> samples = {{1, false}, {3, true}, {4, false}, {6, true}};
  const FoldAccuracy folds = fold_accuracy(samples, 2);
  CHECK(folds.accuracies == std::vector<double>{0.5, 0.5});
  CHECK(folds.mean == 0.5);
  CHECK(folds.deviation == 0);
  CHECK_THROWS_WITH(fold_accuracy(samples, 5), "5 folds are outside 2..4, the number of pairs");
}

TEST_CASE("likeness is the cosine or the negative distance") {
  const std::vector<float> a = {3, 4}, b = {4, 3}, zero = {0, 0};
  CHECK(likeness(a, b, Likeness::kCosine) == Approx(24.0 / 25));
  CHECK(likeness(a, b, Likeness::kEuclidean) == Approx(-std::sqrt(2.0)));
  CHECK(likeness(a, zero, Likeness::kCosine) == 0);
}

TEST_CASE("errors of regression are means over samples, and over targets") {
  RegressionScore score(2);
  score.add(std::vector<double>{1, 5}, std::vector<double>{2, 5});
  score.add(std::vector<double>{6, 7}, std::vector<double>{4, 10});
  CHECK(score.target(0).mean_absolute_error == 1.5);
  CHECK(score.target(0).mean_squared_error == 2.5);
  CHECK(score.target(0).mean_error == 0.5);
  CHECK(score.target(0).r_squared == Approx(1 - 5.0 / 2));
  CHECK(score.all().mean_absolute_error == 1.5);
  CHECK(score.all().mean_squared_error == 3.5);
}

TEST_CASE("the picture of a confusion matrix escapes names and counts cells") {
  Confusion confusion;
  confusion.add(0, 1);
  const std::string svg = confusion_svg(confusion, {"a<b", "c"});
  CHECK_THAT(svg, Contains("a&lt;b"));
  CHECK_THAT(svg, !Contains("a<b"));
  Confusion large;
  large.add(kMaxDrawnClasses, 0);
  CHECK_THROWS_WITH(confusion_svg(large, {}), "a picture of 201 classes exceeds limit 200");
}
