#!/bin/sh
# Trains the networks of the MNIST examples on few digits, as a user would, and reads pictures with them.
#   check_mnist.sh PYTHON DATA MNIST_DENSE MNIST_CONV CLASSIFY_DIGIT EXPORT_HEADER
set -eu
python=$1
data=$2
classify=$(realpath "$5")
export_header=$(realpath "$6")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=mnist
here=$(dirname "$0")
. "$here/common.sh"
"$python" "$here/small_mnist.py" "$data/mnist" "$work/mnist" 2500 500
mkdir "$work/empty"

# same OUTPUT: what does not differ from one run to the next.
same() { sed -E 's/ - [0-9]+s - [0-9]+[mun]?s\/step//' "$1"; }

# stopped PROGRAM TEXT ARGUMENT…: the program ends with status 1 and one line that holds the text.
stopped() {
  program=$1
  text=$2
  shift 2
  status=0
  "$program" "$@" >/dev/null 2>"$work/error" || status=$?
  [ $status = 1 ] || fail "$* gave status $status"
  grep -qF -- "$text" "$work/error" && [ "$(wc -l <"$work/error")" = 1 ] || fail "$* does not say '$text', but: $(cat "$work/error")"
}

# check NETWORK PROGRAM
check() {
  name=mnist_$1
  program=$2
  "$program" --data "$work/mnist" --output "$work/$1" >"$work/first"
  for picture in history confusion digits mistakes; do drawn "$work/$1/${name}_$picture"; done
  accuracy=$(sed -n 's/^test loss: .*, test accuracy: //p' "$work/first")
  # What stands in the confusion matrix's cells, a row in each line.
  sed -n '/gnuplot_plot_2/,$ s|.*<text>\([0-9]*\)</text>.*|\1|p' "$work/$1/${name}_confusion.svg" | paste -d ' ' - - - - - - - - - - >"$work/confusion"
  # It counts all 500 test images, and its diagonal is the accuracy.
  awk -v accuracy="$accuracy" '{ for (i = 1; i <= NF; ++i) all += $i; right += $NR }
    END { exit !(NR == 10 && all == 500 && accuracy == right / 500 && accuracy > 0.85) }' "$work/confusion" ||
    fail "the confusion matrix and the test accuracy $accuracy disagree, or nothing was learnt: $(cat "$work/confusion")"

  tail -c +9 "$work/mnist/t10k-labels-idx1-ubyte" | od -An -tu1 -v -w1 | sort -n | uniq -c | awk '{ print $1 }' >"$work/wanted"
  awk '{ sum = 0; for (i = 1; i <= NF; ++i) sum += $i; print sum }' "$work/confusion" | cmp -s - "$work/wanted" ||
    fail "a row of the confusion matrix is not a true digit's"

  # Without gnuplot it still trains, and says what to install; the same seed gives the same numbers.
  PATH="$work/empty" "$program" --data "$work/mnist" --output "$work/again" >"$work/bare" || fail "without gnuplot it failed"
  grep -q 'apt-get install' "$work/bare" || fail "without gnuplot it does not say what to install"
  grep -v '^wrote ' "$work/first" >"$work/wanted"
  grep -v '^no picture' "$work/bare" >"$work/given"
  [ "$(same "$work/wanted")" = "$(same "$work/given")" ] || fail "the same seed gave another output"
  cmp -s "$work/$1/$name.weights.h5" "$work/again/$name.weights.h5" || fail "the same seed gave other weights"
  # So do two threads, where the program was built with OpenMP.
  if PATH="$work/empty" "$program" --data "$work/mnist" --threads 2 --output "$work/again" >"$work/bare" 2>"$work/error"; then
    cmp -s "$work/$1/$name.weights.h5" "$work/again/$name.weights.h5" || fail "two threads gave other weights"
  else
    grep -q 'OpenMP' "$work/error" || fail "--threads 2 failed: $(cat "$work/error")"
  fi
  for other in '--seed 2' '--epochs 3' '--batch-size 50' '--learning-rate 0.001'; do
    # shellcheck disable=SC2086
    PATH="$work/empty" "$program" --data "$work/mnist" $other --output "$work/other" >/dev/null
    if cmp -s "$work/$1/$name.weights.h5" "$work/other/$name.weights.h5"; then fail "$other changed nothing"; fi
  done

  for bad in '--seed -1' '--epochs 0' '--epochs 1.5' '--batch-size 0' '--batch-size 08' '--learning-rate -1' '--learning-rate inf' \
    '--threads 0' '--threads 65' '--unknown 1'; do
    refused "$program" "${bad% *}" "${bad#* }"
  done
  : >"$work/file"
  refused "$program" --output "$work/file/inside"
  stopped "$program" "$work/empty" --data "$work/empty" --output "$work/other"
  stopped "$program" "$work/broken/train-images-idx3-ubyte" --data "$work/broken" --output "$work/other"
}

cp -r "$work/mnist" "$work/broken"
head -c 100000 "$work/mnist/train-images-idx3-ubyte" >"$work/broken/train-images-idx3-ubyte"
check dense "$3"
check conv "$4"

name=classify_digit
dense=$work/dense/mnist_dense.weights.h5
conv=$work/conv/mnist_conv.weights.h5
for network in dense conv; do
  for picture in three.png seven.pgm; do
    (cd "$work/$network" && "$classify" --network $network "$data/$picture") >"$work/answer" || fail "$network does not read $picture"
    digit=$([ $picture = three.png ] && echo 3 || echo 7)
    [ "$(tail -n 1 "$work/answer")" = "This is a $digit." ] || fail "$network takes $picture for another digit: $(cat "$work/answer")"
    # Ten probabilities of 1 together, as far as they are printed; the longest bar is the answer's.
    awk -v digit="$digit" '$3 == "%" { ++rows; sum += $2; if (length($4) > most) { most = length($4); longest = $1 } }
      END { exit !(rows == 10 && sum > 99 && sum < 101 && longest == digit) }' "$work/answer" || fail "wrong bars: $(cat "$work/answer")"
  done
done
printf 'P5\n30 40\n255\n%1200s' '' >"$work/blank.pgm"
echo 'no picture' >"$work/text.png"
head -c 300 "$data/three.png" >"$work/half.png"
echo 'no weights' >"$work/text.weights.h5"
stopped "$classify" "$work/none.png" --weights "$conv" "$work/none.png"
stopped "$classify" "$work/text.png" --weights "$conv" "$work/text.png"
stopped "$classify" "$work/half.png" --weights "$conv" "$work/half.png"
stopped "$classify" 'the ink must stand out' --weights "$conv" "$work/blank.pgm"
stopped "$classify" "$work/none.weights.h5" --weights "$work/none.weights.h5" "$data/three.png"
stopped "$classify" "$work/text.weights.h5" --weights "$work/text.weights.h5" "$data/three.png"
stopped "$classify" "$dense" --weights "$dense" "$data/three.png"
stopped "$classify" "$conv" --network dense --weights "$conv" "$data/three.png"
stopped "$classify" mnist_conv.weights.h5 "$data/three.png"
if "$classify" >/dev/null 2>"$work/error" || ! grep -q PICTURE "$work/error"; then fail "a picture that is not given is not asked for"; fi
refused "$classify" --network other "$data/three.png"

name=export_header
for network in dense conv; do
  (cd "$work/$network" && "$export_header" --network $network "mnist_$network.weights.h5")
  grep -q "^consteval auto $network()" "$work/$network/$network.hpp" || fail "the header of $network does not give the network"
done
"$export_header" --network dense --name digits --output "$work/other.hpp" "$dense"
sed -E 's/dense(_network|_weights|\(\))/digits\1/g' "$work/dense/dense.hpp" | cmp -s - "$work/other.hpp" ||
  fail "--name and --output change more than names"
stopped "$export_header" "$dense" --network conv "$dense"
stopped "$export_header" "$work/none.weights.h5" --network conv "$work/none.weights.h5"
stopped "$export_header" 'the name must be' --network dense --name 2nd --output "$work/2nd.hpp" "$dense"
stopped "$export_header" "$work/file/inside" --network dense --output "$work/file/inside" "$dense"
refused "$export_header" --network other "$dense"
if "$export_header" "$dense" >/dev/null 2>"$work/error" || ! grep -q -- --network "$work/error"; then
  fail "a network that is not given is not asked for"
fi
