extension RecordingScript {
  static let recording = #"""
    record_with_trace_cmd() { # COMMAND...
      flags="-b $buffer"
      if [ "$stacks" ]; then flags="$flags -T"; fi
      for group in $groups; do flags="$flags -e $group"; done
      if [ $# -eq 0 ] && [ "$seconds" ]; then set -- sleep "$seconds"; fi
      if [ "$dry" ]; then
        say run "trace-cmd record $flags -o $output${*:+ $*}"
        return 0
      fi
      # shellcheck disable=SC2086
      trace-cmd record $flags -o "$output" "$@"
    }

    # trace-cmd ends what others trace in the top buffer; this brings it back.
    keep_others() {
      keep current_tracer
      [ -r "$tracefs/set_event" ] || return 0
      while read -r event; do
        later "write 1 events/$(printf '%s\n' "$event" | sed 's|:|/|')/enable"
      done < "$tracefs/set_event"
    }

    switch_on() { # GROUP/NAME
      read -r value rest 2> /dev/null < "$tracefs/events/$1/enable" || value=0
      : "$rest"
      case $value in
        1*) return 0 ;;
      esac
      if put 1 "events/$1/enable"; then
        later "write 0 events/$1/enable"
      else
        say 'not set up' "$1: cannot be enabled"
      fi
    }

    start_tracefs() {
      put 0 tracing_on || fail "cannot write $tracefs/tracing_on"
      if ! keep buffer_size_kb || ! put "$buffer" buffer_size_kb; then
        say note 'the buffers stay as large as they are'
      fi
      if [ "$stacks" ]; then
        keep options/stacktrace
        put 1 options/stacktrace || say 'not set up' 'stacks: this kernel does not record them; call sites are unknown'
      fi
      later 'clear - trace'
      clear_trace
      for group in $groups; do
        for file in "$tracefs/events/$group"/*/enable; do
          name=${file%/enable}
          name=$group/${name##*/}
          case " $defined " in
            *" $name "*) continue ;;
          esac
          if [ -e "$file" ]; then switch_on "$name"; fi
        done
      done
      for name in $defined; do switch_on "$name"; done
      put 1 tracing_on
    }

    record_with_tracefs() { # COMMAND...
      result=0
      if [ "$dry" ]; then
        if [ $# -gt 0 ]; then say run "$*"; else say wait "${seconds:+$seconds s or }until Ctrl-C"; fi
        put 0 tracing_on
        say copy "trace > $output"
        return 0
      fi
      if [ $# -gt 0 ]; then
        "$@"
        result=$?
      else
        left=$seconds
        while [ -z "$interrupted" ] && [ "$left" != 0 ]; do
          sleep 1
          if [ "$left" ]; then left=$((left - 1)); fi
        done
      fi
      put 0 tracing_on
      # The text itself does not say which machine it is of.
      {
        echo "# dmascope: kernel=$(uname -r) arch=$(uname -m)"
        cat "$tracefs/trace"
      } > "$output" || fail "cannot write $output"
      return $result
    }

    say_losses() {
      lost=0
      for file in "$tracefs"/per_cpu/cpu*/stats; do
        [ -r "$file" ] || continue
        overrun=$(sed -n 's/^overrun: *//p' "$file")
        lost=$((lost + ${overrun:-0}))
      done
      if [ "$lost" -gt 0 ]; then
        say lost "$lost events, for want of room: make the buffer larger than $buffer KiB for each CPU"
      fi
    }

    say_misses() {
      [ -r "$tracefs/kprobe_profile" ] || return 0
      while read -r name _ misses; do
        case " $defined " in
          *"/$name "*) [ "${misses:-0}" = 0 ] || say missed "$misses calls at $name" ;;
        esac
      done < "$tracefs/kprobe_profile"
    }

    keep tracing_on || fail "cannot read $tracefs/tracing_on"
    interrupted=
    if [ "$tool" = trace-cmd ]; then
      keep buffer_size_kb
      keep_others
      trap 'interrupted=yes' INT TERM HUP
      record_with_trace_cmd "$@"
      status=$?
    else
      start_tracefs
      trap 'interrupted=yes' INT TERM HUP
      record_with_tracefs "$@"
      status=$?
      [ "$dry" ] || say_losses
    fi
    trap '' INT TERM HUP
    [ "$dry" ] || say_misses
    restore
    if [ "$dry" ] || [ -s "$output" ]; then
      say result "$output; next: dmascope report $output --html report.html"
    else
      say result 'none: nothing was written'
      [ $status -ne 0 ] || status=1
    fi
    exit $status
    """#
}
