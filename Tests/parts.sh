# Parts of the tests, side by side. To be sourced from the top of the tree by root.
#
#   part NAME NEEDS COMMAND...        a part, and which parts have to be done before it (one word, parted by blanks)
#   low_part NAME NEEDS COMMAND...    the same for one that computes: it gets what the others leave of the processors
#   timed_part NAME NEEDS COMMAND...  the same for one that looks at the clock, so a machine that is late may fail it
#   finish [NAME...]                  runs parts until those that are named, or all, are done
#   summary                           what took how long, and what was tried again
#
# At most four run at a time, and two that compute, begun in the order in which they are told. What a part says is kept in
# a file, and shown when it has ended. The first that fails ends the others and everything; but a timed part is tried
# again when all are done, alone, and then decides. What it said at first is kept in NAME.first.
#
# A part has its own view of processes and mounts, network namespaces and shared memory, and its own directory for
# temporary files: whatever it starts, mounts or writes there goes when it ends, also when it is killed.
# shellcheck shell=bash

# By niceness. A build takes a gigabyte of memory.
declare -A side_by_side=([0]=4 [19]=2)
logs=.build/tests
rm -rf "$logs"
mkdir -p "$logs" /run/netns
# A short name, for paths in it become names of sockets (108 bytes) and stand in lines of 80 columns. Open, for programs
# that have become another user look for files of theirs.
parts_scratch=$(mktemp --directory /var/tmp/qt.XXXXXX)
chmod 755 "$parts_scratch"
names=()
# Timed parts that have failed once.
late=()
begun=0
declare -A needs=() words=() niceness=() is_timed=() process=() is_beside=() began=() took=()

part() {
  names+=("$1")
  needs[$1]=$2
  words[$1]=$(printf '%q ' "${@:3}")
  niceness[$1]=0
}
low_part() {
  part "$@"
  niceness[$1]=19
}
timed_part() {
  part "$@"
  is_timed[$1]=1
}

stop_parts() {
  local name
  # With process 1 of its view ends all that the part has started, before unshare does.
  for name in "${!process[@]}"; do
    pkill -KILL --parent "${process[$name]}" || kill -KILL "${process[$name]}" 2>/dev/null || true
  done
  for name in "${!process[@]}"; do wait "${process[$name]}" 2>/dev/null || true; done
  process=()
  rm -rf --one-file-system "$parts_scratch"
}
trap stop_parts EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

begin() {
  local name=$1 other scratch="$parts_scratch/$((begun += 1))" command
  mkdir "$scratch"
  for other in "${!process[@]}"; do is_beside[$other]=1 is_beside[$name]=1; done
  eval "command=(${words[$name]})"
  # shellcheck disable=SC2016 # the inner shells' variables
  # The scheduler shares the processors out by session, each with a niceness (sched(7), autogroup). A shell stays as
  # process 1, which has to take leave of orphans.
  TMPDIR=$scratch env --default-signal setpriv --pdeathsig KILL setsid sh -c '
    if [ -w /proc/self/autogroup ]; then echo "$0" >/proc/self/autogroup; fi
    exec nice -n "$0" unshare --fork --kill-child --pid --mount-proc --mount sh -c "
      mount -t tmpfs -o mode=755 none /run/netns && mount -t tmpfs -o mode=1777 none /dev/shm && \"\$@\"
      exit \$?" sh "$@"' "${niceness[$name]}" "${command[@]}" </dev/null >"$logs/$name" 2>&1 &
  process[$name]=$!
  began[$name]=$SECONDS
}

is_late() {
  case " ${late[*]} " in *" $1 "*) ;; *) false ;; esac
}

is_done() {
  local name
  for name in "$@"; do [ -n "${took[$name]:-}" ] || return 1; done
}

begin_what_can() {
  local name kind
  local -A running=([0]=0 [19]=0)
  for name in "${!process[@]}"; do running[${niceness[$name]}]=$((running[${niceness[$name]}] + 1)); done
  for name in "${names[@]}"; do
    kind=${niceness[$name]}
    # shellcheck disable=SC2086 # one word for each
    if [ -z "${began[$name]:-}" ] && [ "${running[$kind]}" -lt "${side_by_side[$kind]}" ] && is_done ${needs[$name]}; then
      running[$kind]=$((running[$kind] + 1))
      begin "$name"
    fi
  done
}

end_one() {
  local ended status=0 name
  wait -n -p ended "${process[@]}" || status=$?
  for name in "${!process[@]}"; do
    if [ "${process[$name]}" = "$ended" ]; then break; fi
  done
  unset "process[$name]"
  took[$name]=$((SECONDS - began[$name]))
  if [ $status -ne 0 ] && [ -n "${is_timed[$name]:-}" ] && ! is_late "$name"; then
    late+=("$name")
    echo "== $name: failed${is_beside[$name]:+ beside others}, after ${took[$name]} s (status $status);" \
      "it will be tried again, alone"
    cat "$logs/$name"
    mv "$logs/$name" "$logs/$name.first"
    return
  fi
  if [ $status -ne 0 ]; then
    stop_parts
    summary
    echo "== FAILED: $name, after ${took[$name]} s (status $status)"
    cat "$logs/$name"
    exit 1
  fi
  echo "== $name: ${took[$name]} s"
  cat "$logs/$name"
}

finish() {
  local name
  if [ $# -gt 0 ]; then
    run_until_done "$@"
    return
  fi
  run_until_done "${names[@]}"
  for name in "${late[@]}"; do
    begin "$name"
    end_one
  done
}

run_until_done() {
  until is_done "$@"; do
    begin_what_can
    if [ ${#process[@]} -eq 0 ]; then
      echo "what $* need does not come" >&2
      exit 1
    fi
    end_one
  done
}

summary() {
  local name
  printf '\n%8s %8s  %s\n' began took part
  for name in "${names[@]}"; do
    if [ -n "${took[$name]:-}" ]; then printf '%6s s %6s s  %s\n' "${began[$name]}" "${took[$name]}" "$name"; fi
  done
  printf '%6s s in all\n' "$SECONDS"
  if [ ${#late[@]} -gt 0 ]; then echo "failed at first, and tried again alone: ${late[*]}"; fi
  echo
}
