# What the program $x refuses; sourced. $dir is the test's folder.
# shellcheck shell=sh disable=SC2154
# refuse STATUS WORD TEXT ARGUMENT...: ended so, and said WORD
refuse() {
	want=$1 word=$2 text=$3
	shift 3
	"$x" "$@" >"$dir/out" 2>&1
	got=$?
	if [ $got = "$want" ] && grep -qF -- "$word" "$dir/out"; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		echo "# status $got, wanted $want and \"$word\":"
		sed 's/^/# /' "$dir/out"
	fi
}
